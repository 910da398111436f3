# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board is one folder: a copy with other pins and less memory boots and records, and nothing else was edited."""

import json

from board_folders import new_board

from host_tools.boards import load
from host_tools.demo import clip
from sim import runner
from sim.options import Options
from sim.result import conclude

HEAP_BYTES = 3145728
LED = 33
CHANGES = {
    "data_pins = [15, 17, 18, 16, 14, 12, 11, 48]": "data_pins = [4, 5, 6, 15, 16, 17, 18, 8]",
    "xclk_pin = 10": "xclk_pin = 42",
    "scl = 6": "scl = 9",
    "sda = 5": "sda = 7",
    "sck = 7": "sck = 2",
    "cmd = 9": "cmd = 1",
    "data = [8]": "data = [3]",
    "pin = 21": f"pin = {LED}",
    "heap_bytes = 4194304": f"heap_bytes = {HEAP_BYTES}",
}


def test_a_new_board_boots_and_records_without_any_other_edit(tmp_path):
    options = Options(board=load(new_board(tmp_path / "mine", CHANGES)), video=clip(), seconds=20.0, out=tmp_path / "run")
    world = runner.prepare(options)
    result, report = conclude(options, world, runner.play(options, world))
    trace = [json.loads(line) for line in (tmp_path / "run" / "trace.jsonl").read_text().splitlines()]
    assert (result.ok, result.board, result.boots, report.problems) == (True, "mine", 1, [])
    assert {entry["pin"] for entry in trace if "pin" in entry} == {LED}
    assert result.frames["recorded"] > 150 and result.heap["limit"] <= HEAP_BYTES
