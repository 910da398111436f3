# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The whole firmware on boards of the rp2 port: published drivers, a small heap, an SD card on SPI that goes wrong."""

from pathlib import Path
from typing import Any

import pytest

from host_tools import boards
from host_tools.demo import clip
from sim import faults, runner
from sim.image import bytecode_bytes, device_tree
from sim.options import Options
from sim.result import Result, conclude

NAME = next(name for name in boards.names() if boards.load(name)["port"] == "rp2")


def play(tmp_path: Path, seconds: float, **more: Any) -> tuple[Result, str]:
    """A run of the board, and what its console said."""
    run = Options(board=boards.load(NAME), video=clip(), seconds=seconds, out=tmp_path / "run", **more)
    world = runner.prepare(run)
    result, report = conclude(run, world, runner.play(run, world))
    assert (result.ok, report.problems) == (True, [])
    return result, (tmp_path / "run" / "console.log").read_text()


def test_a_minute_fits_its_heap_and_costs_no_frame(tmp_path: Path):
    result, console = play(tmp_path, 65)
    assert (result.frames["recorded"], result.frames["dropped"], result.segments["closed"]) == (result.frames["captured"], {}, 2)
    assert "MemoryError" not in console


def test_a_power_cut_costs_what_was_not_safe_yet(tmp_path: Path):
    result, _ = play(tmp_path, 12, power_cuts=[5.3, 8.7])
    assert (result.boots, set(result.frames["dropped"])) == (3, {"power_cut"})
    assert result.lost_ms_max <= 2000


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("write-error#900", "footage cannot be written"),
        ("gone@5-7", "footage cannot be written"),
        ("stall=0.6@5", "it kept the recorder waiting"),
        ("hang@5", "the card did not take a write"),
        ("lie@8-9", "the card does not give back what is written to it"),
    ],
)
def test_a_card_that_goes_wrong_is_noticed(tmp_path: Path, fault: str, told: str):
    result, console = play(tmp_path, 12, faults=[faults.parse(fault)])
    assert told in console and result.boots == 1


def test_the_published_drivers_are_what_the_packages_brought():
    tree = device_tree(boards.load(NAME))
    found = {path: "site-packages" in source.parts for path, source in tree.items() if path.startswith("lib/")}
    assert found and all(found.values()) and bytecode_bytes(boards.load(NAME)) > 100_000
