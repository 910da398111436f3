# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Power cuts of a simulated computer behind each of its calls that change the disk: what sim/crash is to a board.

    take = record(SCENARIOS["rotation"], folder)
    for cut, problems in run([take], cuts_of(take, MODELS, seed=1), folder, processes=2): ...

A scenario is played once, in virtual time. Then, for each call, the disk is put into a state in which a cut behind it may leave it; the
recorder boots on that and records on; and the disk is judged by the checks of sim/crash.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from firmware.segments import SegmentStore
from host_tools.clips import clip
from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.truth import Produced
from sim import runner, stream
from sim.computer import FOLDERS, ComputerWorld, small_board
from sim.crash.checks import Case, Known, judge
from sim.crash.stage import FRAMES_A_BOOT, Boot
from sim.linux import tape
from sim.linux.files import Call
from sim.linux.remains import History
from sim.options import Options
from sim.reel import Reel, stamped

AFTER_S = 3
_BATCH = 16
_OFTEN = {"commit_interval_ms": 400, "segment_ms": 1000}
_USUAL = {"commit_interval_ms": 2000, "segment_ms": 2000}
_SCREEN = {"screen": {"encoder": "screen", "width": 128, "height": 96, "fps": 10, "bitrate": 200_000}}
_PAUSES = ((1.0, "pause"), (1.8, "resume"), (2.6, "pause"), (3.4, "resume"))
_FULL_MB = 71  # a little less than what a new segment of the largest size wants to be free


class Cut(NamedTuple):
    """Power goes when so many calls were done; the seed decides what the model leaves open."""

    scenario: str
    call: int
    model: str
    seed: int

    @property
    def command(self) -> str:
        """What replays it."""
        return f"daylog sim cuts --scenario {self.scenario} --cut {self.call} --model {self.model} --seed {self.seed}"


class Stage:
    """A computer whose disk can be put in any state between two boots; each is in its own virtual time, from 0 on."""

    def __init__(self, folder: Path, scenario: "Scenario") -> None:
        self.folder, self.boots = folder, 0
        self.frames: list[Produced] = []  # of all boots so far
        board = small_board(scenario.beside)
        self._options = Options(board, clip(), 1, folder, settings=scenario.settings, card_mb=scenario.card_mb)
        profiles = {"": board["profiles"][self._options.profile], **{name: board["profiles"][name] for name in scenario.beside}}
        self._reels = {name: stream.make(clip(), profile) for name, profile in profiles.items()}
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)

    def boot(self, seconds: float, typed: tuple[tuple[float, str], ...] = ()) -> Boot:
        self.boots += 1
        beside = {name: reel for name, reel in self._reels.items() if name}
        world = ComputerWorld(replace(self._options, seconds=seconds, typed=list(typed)), self._reels[""], beside)
        end = runner.boot(self._options, world, self.boots, 0, "power_on", dict.fromkeys(self._reels, self.boots * FRAMES_A_BOOT))
        frames = [frame for name in self._reels for frame in self._produced(name)]
        self.frames += frames
        return Boot(end.reason, frames, (self.folder / "console.log").read_text(errors="replace"))

    def _produced(self, name: str) -> list[Produced]:
        """Of one stream."""
        lines = [line.split(" ") for line in (self.folder / "truth.raw").read_text().splitlines()]
        reel, rows = Reel(self._reels[name]), [line for line in lines if line[6:] == name.split()]
        hashed = [hashlib.sha256(stamped(reel.frame(int(row[3])), int(row[0]), reel.stamp)).hexdigest() for row in rows]
        return [Produced(int(row[1]), int(row[0]), int(row[2]), what, row[5], name) for row, what in zip(rows, hashed, strict=True)]

    def taped(self) -> list[Call]:
        """The calls of the last boot."""
        return list(tape.read(self.folder / "calls.tape"))

    def copy_disk(self, to: Path) -> Path:
        shutil.rmtree(to, ignore_errors=True)
        for name in FOLDERS:
            shutil.copytree(self.folder / name, to / name)
        return to


def _nothing(stage: Stage) -> None:
    """The disk is empty."""


def _used(stage: Stage) -> None:
    stage.boot(1.5)


def _cut_before(stage: Stage) -> None:
    """The boot on tape is one that recovers."""
    _used(stage)
    before = stage.copy_disk(stage.folder / "before")
    frames = len(stage.frames)
    stage.boot(2.5)
    calls = stage.taped()
    cut = max(number for number, call in enumerate(calls) if call.now_us < 2_000_000)
    stage.frames = [frame for frame in stage.frames if frame.boot < stage.boots or frame.uptime_ms * 1000 <= calls[cut].now_us]
    assert len(stage.frames) > frames
    _leave(History(before, calls[:cut]), "ext4", 1, stage.folder)


def _full_of_stored(stage: Stage) -> None:
    """All but the last segment are stored."""
    for _ in range(2):
        stage.boot(2.5)
    store = SegmentStore(str(stage.folder / FOLDERS[0]))
    store.load()
    while len(list(store.list("closed"))) > 1:
        store.mark_stored(store.next_pending(), "etag")
    store.close()


@dataclass(frozen=True)
class Scenario:
    """`before`: what happens on the stage before the boot that is taped. `typed`: at the console, in that boot."""

    name: str
    about: str
    seconds: float
    before: Callable[[Stage], None] = _used
    typed: tuple[tuple[float, str], ...] = ()
    card_mb: int = 8192
    settings: dict[str, Any] = field(default_factory=lambda: _OFTEN)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)  # streams beside the camera, see small_board


ALL = (
    Scenario("first-boot", "an empty disk: folders, journal, the first segment", 2.5, _nothing),
    Scenario("rotation", "segments are closed, the next is opened", 3),
    Scenario("recovery", "after a cut, what was left open is closed", 2, _cut_before),
    Scenario("reclaim", "the disk is full: what is stored is removed", 2, _full_of_stored, card_mb=_FULL_MB),
    Scenario("streams", "a screen beside the camera waits for the next segment", 7, settings=_USUAL, beside=_SCREEN),
    Scenario("settings", "pause and resume are saved", 4, typed=_PAUSES),
)
SCENARIOS = {scenario.name: scenario for scenario in ALL}


@dataclass(frozen=True)
class Take:
    """A scenario that was played: the disk `before` its last boot, the calls of that, and all frames of all streams until its end."""

    scenario: Scenario
    before: Path
    calls: list[Call]
    frames: list[Produced]
    boot: int

    def frames_until(self, cut: int) -> list[Produced]:
        """Those before a cut behind so many calls."""
        now_us = self.calls[cut - 1].now_us if cut else 0
        return [frame for frame in self.frames if frame.boot < self.boot or frame.uptime_ms * 1000 <= now_us]


def record(scenario: Scenario, folder: Path) -> Take:
    shutil.rmtree(folder, ignore_errors=True)
    stage = Stage(folder / "take", scenario)
    scenario.before(stage)
    before = stage.copy_disk(folder / "before")
    stage.boot(scenario.seconds, scenario.typed)
    return Take(scenario, before, stage.taped(), stage.frames, stage.boots)


def cuts_of(take: Take, models: Iterable[str], seed: int) -> list[Cut]:
    """Behind each call, each model."""
    return [Cut(take.scenario.name, call, model, seed) for call in range(len(take.calls) + 1) for model in models]


def run(takes: Sequence[Take], cuts: Sequence[Cut], folder: Path, processes: int) -> Iterator[tuple[Cut, list[str]]]:
    """What is wrong after each cut and the boot after it."""
    batches = [
        (take, [cut for cut in cuts[at : at + _BATCH] if cut.scenario == take.scenario.name], folder)
        for at in range(0, len(cuts), _BATCH)
        for take in takes
    ]
    with ProcessPoolExecutor(processes) as pool:
        yield from chain.from_iterable(pool.map(_try_all, batches))


def _try_all(batch: tuple[Take, list[Cut], Path]) -> list[tuple[Cut, list[str]]]:
    take, cuts, folder = batch
    with tempfile.TemporaryDirectory(dir=folder) as own:
        return [(cut, _try(take, cut, Path(own))) for cut in cuts]


def _try(take: Take, cut: Cut, folder: Path) -> list[str]:
    history = History(take.before, take.calls[: cut.call])
    stage = Stage(folder / "stage", take.scenario)
    stage.boots = take.boot
    history.leave("nothing", cut.seed, folder / "sure")
    _leave(history, cut.model, cut.seed, stage.folder)
    boot = stage.boot(AFTER_S, ((0.1, "resume"),))  # it may have been paused
    disks = [_footage(disk) for disk in (take.before, folder / "sure", stage.folder / FOLDERS[0])]
    return [problem for name in ("", *take.scenario.beside) for problem in judge(_case(take, cut, name, boot, disks)).problems]


def _case(take: Take, cut: Cut, stream: str, boot: Boot, disks: list[Footage]) -> Case:
    """What is to be judged of one stream. `disks`: before the boot that was cut, what had surely been kept at the cut, and now."""
    before, sure, now = [disk.of_stream(stream) for disk in disks]

    def own(frames: list[Produced]) -> list[Produced]:
        return [frame._replace(stream="") for frame in frames if frame.stream == stream]

    return Case(
        first=Known.of(before),
        known=Known.of(sure),
        produced=own(take.frames_until(cut.call)),
        taped_boot=take.boot,
        interval_ms=take.scenario.settings["commit_interval_ms"],
        accepted=frozenset(),
        wiped=False,
        spoilt=False,
        boot=replace(boot, frames=own(boot.frames)),
        card=Path(disks[-1].source.where),
        footage=now,
    )


def _leave(history: History, model: str, seed: int, folder: Path) -> None:
    """Put the disk of a stage into the state that a cut leaves."""
    remains = folder / "remains"
    history.leave(model, seed, remains)
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
        os.rename(remains / name, folder / name)


def _footage(folder: Path) -> Footage:
    with open_source(folder) as source:
        return load(source, hashes=True)
