# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated board whose memories can be put in any state between two boots.

    stage = Stage(folder, options)
    boot = stage.boot(seconds=2)
    boot.reason, boot.frames       # "deep_sleep", what the camera produced

Each boot is the real firmware on a real MicroPython, in its own virtual time from 0 on. Its card is the file `card`, its
flash and NVS are bytes.
"""

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from host_tools.truth import Produced
from sim import image, reels, runner
from sim.image import Image
from sim.options import Options
from sim.reel import Reel, stamped
from sim.world import World, device_settings

FRAMES_A_BOOT = 10_000  # more than one produces: stamps are unique over all boots


@dataclass(frozen=True)
class Boot:
    """How a boot ended, what the camera produced in it, what the console said."""

    reason: str
    frames: list[Produced]
    said: str


class Stage:
    def __init__(self, folder: Path, options: Options) -> None:
        self.folder, self.options = folder, replace(options, out=folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.card = folder / "card.img"
        self.flash = image.build(options.board, device_settings(options)).data
        self.nvs = b"{}"
        self.boots = 0
        self.frames: list[Produced] = []  # of all boots so far
        self._reel = reels.together(options.video, options.profiles)
        self._frames = Reel(self._reel)

    def boot(self, log: bool = False, **changes: Any) -> Boot:
        """One boot with other options, if any are given. Card and NVS are then as it left them; the flash is as before, for the
        last thing that is typed is `pause`, which outlives a boot."""
        self.boots += 1
        options = replace(self.options, log_writes=log, **changes)
        world = World(options, Image(self.flash, 0, {}), self._reel, self.folder)
        (self.folder / "nvs.json").write_bytes(self.nvs)
        (self.folder / "console.log").write_bytes(b"")
        end = runner.boot(options, world, self.boots, 0, "power_on", self.boots * FRAMES_A_BOOT)
        self.nvs = (self.folder / "nvs.json").read_bytes()
        frames = self._produced()
        self.frames += frames
        return Boot(end.reason, frames, (self.folder / "console.log").read_text(errors="replace"))

    def _produced(self) -> list[Produced]:
        return sorted(self._frame(*line.split(" ")) for line in (self.folder / "truth.raw").read_text().splitlines())

    def _frame(self, number: str, boot: str, ticks_ms: str, index: str, _size: str, fate: str) -> Produced:
        data = stamped(self._frames.frame(int(index)), int(number))
        return Produced(int(boot), int(number), int(ticks_ms), hashlib.sha256(data).hexdigest(), fate)


def extents(path: Path) -> list[tuple[int, bytes]]:
    """What a sparse file holds: (offset, bytes) of each stretch that is not a hole."""
    found, at = [], 0
    with path.open("rb") as file:
        descriptor = file.fileno()
        end = os.fstat(descriptor).st_size
        while at < end:
            try:
                start = os.lseek(descriptor, at, os.SEEK_DATA)
            except OSError:  # there is only a hole from here on
                break
            at = os.lseek(descriptor, start, os.SEEK_HOLE)
            found.append((start, os.pread(descriptor, at - start, start)))
    return found
