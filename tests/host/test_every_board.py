# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Every board at hand boots the firmware that is built for it, records, and is judged; and the simulator holds it to its data."""

import json
from pathlib import Path
from typing import Any

import pytest

from host_tools import boards
from host_tools.budget import VERDICTS, reckon
from host_tools.demo import clip
from sim import runner
from sim.options import Options
from sim.result import conclude

SECONDS = 2.0


def options(tmp_path: Path, board: dict[str, Any], **more: Any) -> Options:
    return Options(board=board, video=clip(), seconds=SECONDS, out=tmp_path / "run", **more)


def trace(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "run" / "trace.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", boards.microcontrollers())
def test_it_boots_and_what_it_records_is_whole(tmp_path: Path, name: str):
    run = options(tmp_path, boards.load(name))
    world = runner.prepare(run)
    result, report = conclude(run, world, runner.play(run, world))
    assert (result.ok, result.board, result.boots, report.problems) == (True, name, 1, [])
    assert result.frames["recorded"] == result.frames["captured"] >= 5 and result.heap["limit"] <= run.board["heap_bytes"]


def test_a_small_heap_is_not_torn_by_loading_the_firmware(tmp_path: Path):
    run = options(tmp_path, {**boards.load("esp32_cam"), "heap_bytes": 930_000})
    world = runner.prepare(run)
    result, _ = conclude(run, world, runner.play(run, world))
    assert (result.ok, result.boots) == (True, 1)


@pytest.mark.parametrize("name", boards.microcontrollers())
def test_each_profile_can_be_judged(name: str):
    board = boards.load(name)
    assert {reckon(board, profile, 14).verdict for profile in board["profiles"]} <= {*VERDICTS}


@pytest.mark.parametrize("name", ["freenove_esp32s3_cam", "esp32_cam"])
def test_it_drives_only_the_light_and_the_power_down_that_it_has(tmp_path: Path, name: str):
    run = options(tmp_path, boards.load(name))
    runner.play(run, runner.prepare(run))
    driven = {run.board["led"].get("pin"), run.board["camera"]["pins"].get("powerdown_pin")} - {None}
    assert {entry["pin"] for entry in trace(tmp_path) if "pin" in entry} == driven


def test_a_lens_that_moves_focuses_by_itself(tmp_path: Path):
    """By the published driver, on the bus that the camera module was given; the last entry is where the model's picture is sharp."""
    run = options(tmp_path, boards.load("xiao_esp32s3_sense_ov5640"))
    runner.play(run, runner.prepare(run))
    lens = [(entry["status"], entry["step"]) for entry in trace(tmp_path) if entry["what"] == "lens"]
    assert lens[-1] == (0, 96)
