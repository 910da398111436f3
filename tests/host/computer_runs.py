# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Runs of a simulated computer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.clips import clip
from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.verify import Report
from sim import computer, runner
from sim.options import Options
from sim.result import Result, conclude


@dataclass
class Run:
    """What came of it. `said` is the console's log."""

    result: Result
    report: Report
    out: Path

    @property
    def said(self) -> str:
        return (self.out / "console.log").read_text()

    def footage(self) -> Footage:
        with open_source(self.out / "card") as source:
            return load(source)

    def events(self) -> list[dict[str, Any]]:
        """Those in the recording, in their order."""
        return [event for segment in self.footage().segments for event in segment.events]


def run(folder: Path, seconds: float, **more: Any) -> Run:
    options = Options(**{"board": computer.small_board(), "video": clip(), "seconds": seconds, "out": folder, **more})
    world = computer.prepare(options)
    return Run(*conclude(options, world, runner.play(options, world)), folder)
