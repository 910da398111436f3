# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real firmware on the simulated board, on a bad day: a few lines of Python run on the board before its main.py.

They replace what is to go wrong, so the firmware itself needs no place to inject anything.
"""

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import load
from host_tools.demo import BOARD, clip
from sim import image, runner
from sim.options import Options
from sim.result import Result, conclude

GOES_WRONG = """
import asyncio
def goes_wrong(owner, name, error, times=3, after_ms=1000):
    real, left = getattr(owner, name), [times]
    async def run(*args):
        if left[0]:
            left[0] -= 1
            await asyncio.sleep_ms(after_ms)
            raise error
        await real(*args)
    setattr(owner, name, run)
"""


@dataclass
class Day:
    """What came of it. `said` is the console of each boot."""

    result: Result
    problems: list[str]
    said: list[str]
    out: Path
    history: runner.History

    @property
    def ends(self) -> list[str]:
        return [end.reason for end in self.history.ends]

    def fates(self) -> list[str]:
        return [json.loads(line)["fate"] for line in (self.out / "truth.jsonl").read_text().splitlines()]


Edit = Callable[[dict[str, bytes]], None]


def changed(files: dict[str, bytes], before_main: str, edit: Edit) -> dict[str, bytes]:
    files["main.py"] = (GOES_WRONG + textwrap.dedent(before_main)).encode() + files["main.py"]
    edit(files)
    return files


def day(out: Path, before_main: str = "", edit: Edit = lambda files: None, seconds: float = 12, **options: Any) -> Day:
    """One run. `edit` may change the files of the flash image."""
    real = image.device_files
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(image, "device_files", lambda board, settings: changed(real(board, settings), before_main, edit))
        chosen = Options(load(BOARD), clip(), seconds, out, **options)
        world = runner.prepare(chosen)
        history = runner.play(chosen, world)
    result, report = conclude(chosen, world, history)
    said = (out / "console.log").read_text(errors="replace").split("--- boot ")[1:]
    return Day(result, list(report.problems), said, out, history)
