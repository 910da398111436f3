# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A scenario that was played once, with every write of its last boot on tape, and the memories as any cut would leave them.

take = record(scenario, folder)
take.leave(patches, stage)      # the stage's card, flash and NVS are as after that cut
"""

import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from host_tools.boards import load
from host_tools.card_journal import Key
from host_tools.clips import BOARD, clip
from host_tools.truth import Produced
from sim import card_image
from sim.cell import Power
from sim.crash.custody import accepting
from sim.crash.stage import Boot, Stage, extents
from sim.crash.tape import CARD, FLASH, NVS, Patch, Tape, Write
from sim.options import Options

CARD_MB = 2200  # the smallest FAT32 there is with clusters as cards have them: less to read for whoever checks it
FLASH_BYTES = 1 << 20
FPS = 10


def _nothing(stage: Stage) -> None:
    """The board is new."""


@dataclass(frozen=True)
class Scenario:
    """`before`: what happens on the stage before the boot that is taped. `typed`: at the console, in that boot. `after`: in the boot that
    follows a cut; `after_seconds`: how long that records, from power-on. `sends`: in the taped boot there is Wi-Fi, and a store.
    `wipes`: the owner lets everything be erased, from the write of these bytes on. `power`: the battery,
    which is full again after the cut."""

    name: str
    about: str
    seconds: float
    settings: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Stage], None] = _nothing
    typed: tuple[tuple[float, str], ...] = ()
    after: tuple[tuple[float, str], ...] = ((0.1, "resume"),)  # it may have been paused
    after_seconds: float = 3.0
    sends: bool = False
    wipes: bytes = b""
    power: Power | None = None

    @property
    def interval_ms(self) -> int:
        return int(self.settings.get("commit_interval_ms", 2000))


@dataclass
class Take:
    """`frames`: what the camera produced in all boots up to and with the taped one. `accepted`: how long the log was when the
    store had accepted a segment."""

    scenario: Scenario
    card_bytes: int
    card: list[tuple[int, bytes]]
    flash: bytes
    nvs: bytes
    tape: Tape
    frames: list[Produced]
    boot: int
    end: Boot
    accepted: dict[Key, int] = field(default_factory=dict)

    @cached_property
    def wiped_from(self) -> int:
        """The write from which on the owner wants the card to be empty."""
        mark = self.scenario.wipes
        return next((n for n, write in enumerate(self.tape.writes) if mark and write.data.startswith(mark)), len(self.tape.writes) + 1)

    def frames_until(self, now_us: int) -> list[Produced]:
        return [frame for frame in self.frames if frame.boot < self.boot or frame.uptime_ms * 1000 <= now_us]

    def content(self, place: Write, cut: int) -> bytes:
        """What was where a write goes, before write number `cut`."""
        size = len(place.data)
        found = bytearray(size)
        before = self.card if place.part == CARD else [(0, self.flash)]
        laid = [*before, *((write.at, write.data) for write in self.tape.writes[:cut] if write.part == place.part)]
        for at, data in laid:
            start, end = max(at, place.at), min(at + len(data), place.at + size)
            if start < end:
                found[start - place.at : end - place.at] = data[start - at : end - at]
        return bytes(found)

    def build_card(self, patches: Iterable[Patch], path: Path) -> None:
        with path.open("wb") as file:
            descriptor = file.fileno()
            os.truncate(descriptor, self.card_bytes)
            for at, data in self.card:
                os.pwrite(descriptor, data, at)
            for part, at, data in patches:
                if part == CARD:
                    os.pwrite(descriptor, data, at)

    def leave(self, patches: list[Patch], stage: Stage) -> None:
        """Put the memories of a stage in the state that a cut leaves."""
        self.build_card(patches, stage.card)
        flash, stage.nvs = bytearray(self.flash), self.nvs
        for part, at, data in patches:
            if part == FLASH:
                flash[at : at + len(data)] = data
            elif part == NVS:
                stage.nvs = data
        stage.flash = bytes(flash)
        stage.boots = self.boot


def options_of(scenario: Scenario, folder: Path, settings: dict[str, Any] | None = None) -> Options:
    """A board that makes many writes of few bytes."""
    board = load(BOARD)
    small = {"size": "QQVGA", "width": 160, "height": 120, "fps": FPS, "expected_kb_per_frame": 2, "fb_bytes": 8192, "chunk_bytes": 65536}
    board["profiles"]["small"] = small = {**board["profiles"]["qvga20"], **small}
    board["profiles"]["smaller"] = {**small, "size": "R96X96", "width": 96, "height": 96, "expected_kb_per_frame": 1, "current_ma": 160}
    next(row for row in board["flash"]["partitions"] if row["name"] == "vfs")["size"] = FLASH_BYTES
    given = {**scenario.settings, **(settings or {})}
    typed, power = list(scenario.typed), scenario.power
    return Options(board, clip(), scenario.seconds, folder, profile="small", settings=given, card_mb=CARD_MB, typed=typed, power=power)


def record(scenario: Scenario, folder: Path) -> Take:
    """Play it once. Raises DaylogError."""
    with accepting(folder) if scenario.sends else nullcontext(({}, {})) as (settings, accepted):
        stage = Stage(folder, options_of(scenario, folder, settings))
        card_image.make(stage.card, CARD_MB)
        scenario.before(stage)
        return replace(tape_of(scenario, stage), accepted=accepted)


def tape_of(scenario: Scenario, stage: Stage) -> Take:
    """The next boot on a stage, with its writes on tape."""
    card, flash, nvs = extents(stage.card), stage.flash, stage.nvs
    end = stage.boot(log=True, wifi_windows=[(0, scenario.seconds)] if scenario.sends else [])
    tape = Tape.read(stage.folder / "writes.log")
    return Take(scenario, os.path.getsize(stage.card), card, flash, nvs, tape, stage.frames, stage.boots, end)
