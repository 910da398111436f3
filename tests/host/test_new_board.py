# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board is one folder: a copy with other pins and less memory boots and records, and so does what CONTRIBUTING's recipe makes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from board_folders import new_board

from host_tools.boards import load
from host_tools.demo import clip
from sim import runner
from sim.options import Options
from sim.result import conclude

ROOT = Path(__file__).resolve().parent.parent.parent
RECIPE = re.compile(r"^## A board$.*?^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROOMS = ("boards", "docs", "firmware", "hal", "host_tools", "sim", "tools")
VENV = Path(sys.prefix)
HEAP_BYTES = 3145728
LED = 12
CHANGES = {
    "data_pins = [15, 17, 18, 16, 14, 12, 11, 48]": "data_pins = [4, 5, 6, 15, 16, 17, 18, 8]",
    "xclk_pin = 10": "xclk_pin = 14",
    "scl = 6": "scl = 9",
    "sda = 5": "sda = 7",
    "sck = 7, cmd = 9, data = [8]": "sck = 2, cmd = 1, data = [3]",
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


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the tree that is set up, and a clip."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (tmp_path / ".venv" / name).symlink_to(VENV / name)
    (tmp_path / ".venv" / ".ready").touch()
    shutil.copy(clip(), tmp_path / "clip.mp4")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    found = [file for room in (*ROOMS, ".") for file in (folder / room).glob("**/*" if room != "." else "*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found if "__pycache__" not in file.parts}


def test_the_recipe_makes_a_board_and_edits_no_other_file(clone: Path):
    (recipe,) = RECIPE.findall((ROOT / "CONTRIBUTING.md").read_text())
    before = files(clone)
    environment = {**os.environ, "PATH": f"{clone}/.venv/bin:{os.environ['PATH']}", "PYTHONPATH": str(clone), "MAKEFLAGS": ""}
    done = subprocess.run(["bash", "-ec", recipe], cwd=clone, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr if done.returncode else "") == (0, "")
    after = files(clone)
    changed = sorted(name for name in after if after[name] != before.get(name))
    assert changed == [
        "boards/my_board/README.md",
        "boards/my_board/board.toml",
        "docs/boards/README.md",
        "docs/boards/my_board.md",
        "docs/boards/my_board.svg",
    ]
    trace = [json.loads(line) for line in (clone / "out" / "my_board" / "trace.jsonl").read_text().splitlines()]
    assert {entry["pin"] for entry in trace if "pin" in entry} == {4}
