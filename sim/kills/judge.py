# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What must hold whenever the service is killed, and what once it was left alone for a while. Each check yields what is wrong, in words.

    judge = Judge(reel, store_folder)
    problems = judge.after_kill(kill, sure, disk)      # folders: what was synced, and what the disk has of the rest
    problems = judge.at_the_end(last, disk, whole)

A frame was committed once a file with it and all names on the way to it were synced. It is then on the disk or, byte for byte, in the
store, whatever is killed after that.
"""

import hashlib
import shutil
from collections.abc import Collection, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from host_tools.card_journal import Key
from host_tools.checks import CHECKS
from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.truth import Produced, check_truth
from sim.crash.checks import Known
from sim.kills.machine import INTERVAL_MS, Frame
from sim.reel import Reel, stamped

_STARTS_S = 1.5
_KEPT_STATES = ("closed", "set_aside")


class Kill(NamedTuple):
    """One run of the service: how long it lived, when it was killed, and which frames the camera gave."""

    number: int
    lives_s: float
    at_ms: float
    frames: list[Frame]


class Fate(NamedTuple):
    """What became of the frames of a run: those found, by their hash, and how much is missing before the kill."""

    kill: Kill
    hashes: list[str]
    found: int
    lost_ms: float


def footage_of(folder: Path) -> Footage:
    with open_source(folder) as source:
        return load(source, hashes=True)


class Judge:
    """`store`: a folder of the segments that the store has accepted, as they would lie on a card."""

    def __init__(self, reel: Path, store: Path) -> None:
        self._reel, self._store = Reel(reel), store
        self._accepted: dict[Path, Known] = {}  # by file
        self.committed: dict[str, Key] = {}
        self.known = Known({}, {}, frozenset())  # what was sure at the last kill
        self.fates: list[Fate] = []

    # -- after each kill -----------------------------------------------------------------

    def after_kill(self, kill: Kill, sure: Path, disk: Path) -> list[str]:
        before, now = self.known, Known.of(footage_of(disk))
        self.known = Known.of(footage_of(sure))
        self.committed |= self.known.frames
        in_store = self._look_into_store()
        there = now.frames.keys() | {frame for known in self._accepted.values() for frame in known.frames}
        self.fates.append(self._fate(kill, there))
        checks = (_missing(self.committed, there), _forgotten(before, now), _removed(before, now, in_store), _too_much(self.fates[-1]))
        return [problem for check in checks for problem in check]

    def _look_into_store(self) -> set[Key]:
        for path in set(self._store.rglob("*.mcap")) - self._accepted.keys():
            self._accepted[path] = Known.of(footage_of(path))
        return {key for known in self._accepted.values() for key in known.files}

    def _fate(self, kill: Kill, there: Collection[str]) -> Fate:
        """Frames are safe in their order: the loss begins behind the last that was found."""
        hashes = [self._hash(frame) for frame in kill.frames]
        found = 1 + max((place for place, name in enumerate(hashes) if name in there), default=-1)
        lost_ms = kill.at_ms - kill.frames[found].at_ms if found < len(hashes) else 0
        return Fate(kill, hashes, found, lost_ms)

    def _hash(self, frame: Frame) -> str:
        data = stamped(self._reel.frame(frame.number % self._reel.frames), frame.number, self._reel.stamp)
        return hashlib.sha256(data).hexdigest()

    # -- at the end ----------------------------------------------------------------------

    def at_the_end(self, last: Kill, disk: Path, whole: Path) -> list[str]:
        """After a run that was not killed; `whole` becomes the disk with what the store has of the rest."""
        fate = self._fate(last, Known.of(footage_of(disk)).frames.keys())
        if not fate.found:
            return ["the last run recorded nothing"]
        self.fates.append(fate._replace(kill=last._replace(frames=last.frames[: fate.found]), hashes=fate.hashes[: fate.found]))
        shutil.copytree(disk, whole)
        for path in self._store.rglob("*.mcap"):
            place = whole / path.relative_to(self._store)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
        footage = footage_of(whole)
        problems = [problem for check in CHECKS for problem in check(footage)]
        return [*problems, *_left_undone(footage_of(disk)), *check_truth(footage, self._produced(footage)), *_numbers(footage, self.fates)]

    def _produced(self, footage: Footage) -> list[Produced]:
        """In the recorder's own time: that of a frame which was recorded stands in the recording, the others follow the one before."""
        uptime_ms = {frame.sha256: frame.uptime_ns / 1e6 for segment in footage.segments for frame in segment.frames}
        rows = []
        for fate in self.fates:
            pairs = list(zip(fate.kill.frames, fate.hashes, strict=True))
            zero_ms = next((frame.at_ms - uptime_ms[name] for frame, name in pairs if name in uptime_ms), fate.kill.at_ms)
            last_ms = 0.0
            for place, (frame, name) in enumerate(pairs):
                last_ms = uptime_ms.get(name, max(last_ms, frame.at_ms - zero_ms))
                rows.append(Produced(fate.kill.number, frame.number, last_ms, name, "recorded" if place < fate.found else "lost:power_cut"))
        return rows


def _missing(committed: dict[str, Key], there: Collection[str]) -> Iterator[str]:
    for key, frames in groupby(sorted(committed[frame] for frame in committed.keys() - there)):
        yield f"{len(list(frames))} frames of {_name(key)} had been committed and are neither on the disk nor in the store"


def _forgotten(before: Known, now: Known) -> Iterator[str]:
    """What was stored is not forgotten, and what is to be sent stays known."""
    for key, record in sorted(before.journal.items()):
        after = now.journal.get(key)
        if record.stored and key in now.files and not (after and after.stored):
            yield f"{_name(key)} was stored, and is {after.state if after else 'forgotten'}"
        if record.state in _KEPT_STATES and after is None:
            yield f"{_name(key)} was {record.state}, and is forgotten"


def _removed(before: Known, now: Known, in_store: set[Key]) -> Iterator[str]:
    """Nothing counts as stored, or is removed, that the store does not have."""
    for key, record in sorted(now.journal.items()):
        if record.stored and key not in in_store:
            yield f"{_name(key)} is stored by the journal, and the store does not have it"
    for key in sorted(before.files - now.files - in_store):
        if before.frames and key in before.frames.values():
            yield f"{_name(key)} is gone, and the store does not have it"


def _too_much(fate: Fate) -> Iterator[str]:
    if fate.kill.lives_s > _STARTS_S and not fate.kill.frames:
        yield f"in {fate.kill.lives_s:.1f} s it did not begin to record"
    if fate.lost_ms > INTERVAL_MS:
        yield f"{fate.lost_ms:.0f} ms of footage are lost, from frame {fate.kill.frames[fate.found].number} on"


def _left_undone(footage: Footage) -> Iterator[str]:
    files = {(segment.boot, segment.number) for segment in footage.segments}
    for key, record in sorted(footage.journal.items()):
        if record.state == "open":
            yield f"{_name(key)} was left open"
        if record.state == "reclaimed" and key in files:
            yield f"{_name(key)} is reclaimed by the journal and still there"


def _numbers(footage: Footage, fates: list[Fate]) -> Iterator[str]:
    """Each run has a number of its own, and they grow."""
    numbers = {frame.sha256: segment.boot for segment in footage.segments for frame in segment.frames}
    used = [sorted({numbers[name] for name in fate.hashes if name in numbers}) for fate in fates]
    for number, count in ((number, len(numbers)) for number, numbers in enumerate(used) if len(numbers) > 1):
        yield f"run {fates[number].kill.number} has {count} boot numbers"
    for one, next_one in pairwise([numbers[-1] for numbers in used if numbers]):
        if next_one <= one:
            yield f"boot number {next_one} comes after {one}"


def _name(key: Key) -> str:
    return f"segment {key[0]}/{key[1]}"
