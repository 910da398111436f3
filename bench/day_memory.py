# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated computer that records for a whole day of virtual time, and what its process holds at each hour.

    python -m bench.day_memory [HOURS]      # a table

It has a screen beside its camera. The pictures are small and few, so that it takes minutes; chunks, commits, segments and what is removed
for them are as many as in the field, on a disk so small that it turns over every few hours. `blocks` is how many pieces of memory the
interpreter holds.
"""

import gc
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from host_tools.clips import clip
from sim import computer, runner
from sim.computer import ComputerWorld, small_board
from sim.linux import boot
from sim.linux.files import Call
from sim.options import Options

HOUR_US = 3_600_000_000
ROWS = "memory.jsonl"
FPS = 5
SCREEN = {"screen": {"encoder": "screen", "width": 128, "height": 96, "fps": 2, "bitrate": 50_000}}
CARD_MB = 400


class Row(NamedTuple):
    hour: int
    resident_kb: int
    blocks: int


class _Untold:
    """A tape that keeps nothing: nobody cuts the power of this day."""

    def add(self, call: Call) -> None:
        pass


class Machine(boot.Machine):
    def __init__(self, world: dict[str, Any]) -> None:
        super().__init__(world)
        self._rows = Path(world["out"]) / ROWS
        for hour in range(1, world["stop_at_us"] // HOUR_US + 1):
            self.clock.at(hour * HOUR_US - 1, lambda hour=hour: self._weigh(hour))

    def _recording(self) -> Any:
        return _Untold()

    def _weigh(self, hour: int) -> None:
        gc.collect()
        row = Row(hour, resident_kb(), sys.getallocatedblocks())
        self._trace.add("weighed", hour=hour)  # the runner wants to hear that it goes on
        with self._rows.open("a") as file:
            file.write(json.dumps(row) + "\n")


def resident_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


class World(ComputerWorld):
    def command(self, path: Path) -> list[str]:
        return [sys.executable, "-m", "bench.day_memory", "--boot", str(path)]


def rows(hours: int, folder: Path) -> list[Row]:
    """A row an hour."""
    options = Options(small_board(SCREEN, fps=FPS), clip(), hours * 3600, folder, card_mb=CARD_MB, settings={"overwrite_unsent": True})
    world = computer.prepare(options)
    runner.play(options, World(options, world.reel, world.beside))
    return [Row(*json.loads(line)) for line in (folder / ROWS).read_text().splitlines()]


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--boot"]:
        boot.Machine = Machine  # type: ignore[misc]
        return boot.main(arguments[1])
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(map(str, rows(int(arguments[0]) if arguments else 24, Path(folder)))))


if __name__ == "__main__":
    main(sys.argv[1:])
