# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What must hold after a power cut and one more boot, whatever the cut has left. Each check yields what is wrong, in words.

    verdict = judge(case)

The card is read by the host's own code; of the firmware's only the record formats are used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from firmware.card_words import HALF_FORMATTED
from host_tools.card_journal import Key, Record
from host_tools.carve import open_carved
from host_tools.checks import CHECKS as CHECKS_OF_VERIFY
from host_tools.footage import Footage, load
from host_tools.truth import Produced, check_truth
from sim.crash.fsck import fsck
from sim.crash.stage import Boot
from sim.crash.take import FPS

_ASLEEP = "deep_sleep"
_LEAST_FRAMES = FPS // 2  # of the boot after the cut
_PERIOD_MS = 1000 / FPS
_STALLS = ("overflow", "card_stall")
_GONE = ("reclaimed", "overwritten", "void")

Check = Callable[["Case"], Iterator[str]]


@dataclass(frozen=True)
class Known:
    """What can be read on a card: the segment of each frame, by the frame's hash, and the journal."""

    frames: dict[str, Key]
    journal: dict[Key, Record]
    files: frozenset[Key]

    @classmethod
    def of(cls, footage: Footage) -> "Known":
        frames = {frame.sha256: (segment.boot, segment.number) for segment in footage.segments for frame in segment.frames}
        return cls(frames, footage.journal, frozenset((segment.boot, segment.number) for segment in footage.segments))


@dataclass(frozen=True)
class Case:
    """`first`: what was on the card before the boot that was cut, `known`: at the last sync before the cut. `produced`: by the camera
    until then. `accepted`: segments that the store had accepted by then. `wiped`: the owner had asked for an empty card. `boot`:
    what followed. `footage`: what is on the card now. `spoilt`: a sector of it may hold garbage."""

    first: Known
    known: Known
    produced: list[Produced]
    taped_boot: int
    interval_ms: int
    accepted: frozenset[Key]
    wiped: bool
    spoilt: bool
    boot: Boot
    card: Path
    footage: Footage

    @cached_property
    def now(self) -> Known:
        return Known.of(self.footage)

    @cached_property
    def given_away(self) -> set[str]:
        """Frames that were safe in the store and are gone from the card for that."""
        return {
            frame
            for known in (self.first, self.known)
            for frame, key in known.frames.items()
            if key in known.journal and known.journal[key].stored and key not in self.now.files
        }

    @cached_property
    def committed(self) -> set[str]:
        """Frames that had been safe on the card, and must be."""
        return self.known.frames.keys() - self.given_away

    def _was_skipped(self, frame: Produced) -> bool:
        """After a stall the recorder fetches what waits and keeps none of it, for nobody knows when that was taken."""
        newest = max((boot.number for boot in self.footage.boots), default=0)
        stalls = [gap for gap in self.footage.gaps if gap.boot == newest and gap.cause in _STALLS]
        return any(gap.touches(frame.uptime_ms, frame.uptime_ms) for gap in stalls)

    def fate_of(self, frame: Produced) -> Produced:
        """What must have become of a frame, for whoever judges the recording."""
        before = frame.boot <= self.taped_boot
        if frame.sha256 in self.committed or (frame.fate == "captured" and not before and not self._was_skipped(frame)):
            return frame._replace(fate="recorded")
        if before and not frame.fate.startswith("dropped"):
            return frame._replace(fate="lost:power_cut")
        return frame._replace(fate=frame.fate.replace("lost:", "dropped:"))


def _came_back(case: Case) -> Iterator[str]:
    if case.boot.reason != _ASLEEP:
        yield f"the boot after it ended with {case.boot.reason}"
    recorded = sum(frame.sha256 in case.now.frames for frame in case.boot.frames)
    if recorded < _LEAST_FRAMES:
        yield f"the boot after it recorded {recorded} frames"


def _footage_is_there(case: Case) -> Iterator[str]:
    missing = case.committed - case.now.frames.keys()
    by_segment = groupby(sorted(case.known.frames[frame] for frame in missing))
    for key, frames in by_segment:
        yield f"{len(list(frames))} frames of {_name(key)} had been committed and are gone"


def _loss_is_short(case: Case) -> Iterator[str]:
    """From the first frame that a boot lost at its end to the last it got from the camera."""
    frames = [frame for frame in case.produced if frame.boot == case.taped_boot]
    lost = frames[1 + max((n for n, frame in enumerate(frames) if frame.sha256 in case.now.frames), default=-1) :]
    lost_ms = lost[-1].uptime_ms - lost[0].uptime_ms + _PERIOD_MS if lost else 0
    if lost_ms > case.interval_ms:
        yield f"{lost_ms:g} ms of footage are lost"


def _losses_are_told(case: Case) -> Iterator[str]:
    """Every frame the camera produced is there, byte for byte and in order, or a gap says why it is not."""
    frames = [case.fate_of(frame) for frame in case.produced + case.boot.frames if frame.sha256 not in case.given_away]
    yield from check_truth(case.footage, frames)


def _verifies(case: Case) -> Iterator[str]:
    for check in CHECKS_OF_VERIFY:
        yield from check(case.footage)


def _stored_is_known(case: Case) -> Iterator[str]:
    """What was stored is not forgotten, and nothing is taken for stored that is not."""
    for key, before in sorted(case.known.journal.items()):
        after = case.now.journal.get(key, Record())
        if before.stored and key in case.now.files and not after.stored:
            yield f"{_name(key)} was stored, and is {after.state or 'forgotten'}"
        if before.kept and key in case.now.files and not after.kept:
            yield f"{_name(key)} was kept, and is so no more"


def _unstored_is_kept(case: Case) -> Iterator[str]:
    """Nothing is removed, or taken for stored, that the store did not have."""
    for key, after in sorted(case.now.journal.items()):
        before = case.known.journal.get(key, Record())
        if after.stored and not before.stored and key not in case.accepted:
            yield f"{_name(key)} is stored by the journal, and the store does not have it"
        if after.state in ("reclaimed", "overwritten") and before.state not in (*_GONE, "stored"):
            yield f"{_name(key)} was {before.state or 'unknown'} and never stored, and is {after.state}"


def _journal_is_done(case: Case) -> Iterator[str]:
    """Nothing is forgotten or left open, and what was to be removed is gone."""
    for key, before in sorted(case.known.journal.items()):
        if before.state not in _GONE and not before.stored and key not in case.now.journal:
            yield f"{_name(key)} was {before.state}, and is forgotten"
    for key, after in sorted(case.now.journal.items()):
        if after.state == "open":
            yield f"{_name(key)} was left open"
        if after.state in _GONE and key in case.now.files:
            yield f"{_name(key)} is {after.state} by the journal and still there"


def _boots_differ(case: Case) -> Iterator[str]:
    used = {key[0] for key in [*case.known.journal, *case.known.frames.values()]}
    again = {case.now.frames[frame.sha256][0] for frame in case.boot.frames if frame.sha256 in case.now.frames} & used
    if again:
        yield f"boot number {max(again)} is used twice"


def _file_system_is_sound(case: Case) -> Iterator[str]:
    if case.card.is_dir():  # of a computer, whose system looks after it
        return
    report = fsck(case.card)
    yield from report.problems
    if report.garbage and not case.spoilt:
        yield f"{len(report.garbage)} entries of folders make no sense, as {report.garbage[0]}"


def _says_what_to_do(case: Case) -> Iterator[str]:
    """After a format that was broken off the board cannot record, and asks for another one."""
    if HALF_FORMATTED not in case.boot.said:
        yield from _came_back(case)


def _name(key: Key) -> str:
    return f"segment {key[0]}/{key[1]}"


_FOOTAGE: tuple[Check, ...] = (_came_back, _footage_is_there, _loss_is_short)
_ALWAYS: tuple[Check, ...] = (_unstored_is_kept, _boots_differ, _file_system_is_sound)
_REST: tuple[Check, ...] = (_losses_are_told, _verifies, _stored_is_known, _journal_is_done)


class Verdict(NamedTuple):
    """What is wrong. `degraded`: how the board cannot help itself after a sector of a folder is spoilt, of which there is no copy:
    "carve": a part of the footage is found only by carving; "forgot": the journal is lost, and what was stored is sent again."""

    problems: list[str]
    degraded: str = ""


def judge(case: Case) -> Verdict:
    if case.wiped:
        return Verdict(_found((_says_what_to_do,), case))
    problems = _found((*_FOOTAGE, *_ALWAYS, *_REST), case)
    if not problems or not case.spoilt:
        return Verdict(problems)
    if not _found(_FOOTAGE, case):
        return Verdict(_found((_losses_are_told, *_ALWAYS), case), "forgot")
    with open_carved(case.card) as carved:
        searched = replace(case, footage=load(carved.sources[0], hashes=True))
        return Verdict(_found(_FOOTAGE, searched) + _found(_ALWAYS, case), "carve")


def _found(checks: tuple[Check, ...], case: Case) -> list[str]:
    return list(dict.fromkeys(problem for check in checks for problem in check(case)))
