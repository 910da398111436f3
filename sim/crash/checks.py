# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What must hold after a power cut and one more boot, whatever the cut has left. Each check yields what is wrong, in words.

    problems = violations(case)

The card is read by the host's own code; of the firmware's only the record formats are used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from host_tools.card_journal import Key, Record
from host_tools.checks import CHECKS as CHECKS_OF_VERIFY
from host_tools.footage import Footage
from host_tools.truth import Produced, check_truth
from sim.crash.fsck import fsck
from sim.crash.stage import Boot
from sim.crash.take import FPS

_ASLEEP = "deep_sleep"
_LEAST_FRAMES = FPS // 2  # of the boot after the cut
_PERIOD_MS = 1000 / FPS
_GONE = ("reclaimed", "overwritten", "void")


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
    """`known`: what was on the card at the last sync before the cut. `produced`: by the camera until then. `accepted`: segments that
    the store had accepted by then. `boot`: what followed. `footage`: what is on the card now."""

    known: Known
    produced: list[Produced]
    taped_boot: int
    interval_ms: int
    accepted: frozenset[Key]
    boot: Boot
    card: Path
    footage: Footage

    @cached_property
    def now(self) -> Known:
        return Known.of(self.footage)

    @cached_property
    def committed(self) -> set[str]:
        """Frames that had been safe on the card, without those that were safe in the store too and are gone for that."""
        stored = {key for key, record in self.known.journal.items() if record.stored}
        return {frame for frame, key in self.known.frames.items() if key not in stored or key in self.now.files}

    def fate_of(self, frame: Produced) -> Produced:
        """What must have become of a frame, for whoever judges the recording."""
        if frame.sha256 in self.committed or (frame.fate == "captured" and frame.boot != self.taped_boot):
            return frame._replace(fate="recorded")
        if frame.boot == self.taped_boot and not frame.fate.startswith("dropped"):
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
    stored = {frame for frame in case.known.frames if frame not in case.committed}
    frames = [case.fate_of(frame) for frame in case.produced + case.boot.frames if frame.sha256 not in stored]
    yield from check_truth(case.footage, frames)


def _verifies(case: Case) -> Iterator[str]:
    for check in CHECKS_OF_VERIFY:
        yield from check(case.footage)


def _custody(case: Case) -> Iterator[str]:
    """What was stored is not forgotten, what was not stored is not removed, nothing is left open."""
    for key, before in sorted(case.known.journal.items()):
        after = case.now.journal.get(key, Record())
        if before.stored and key in case.now.files and not after.stored:
            yield f"{_name(key)} was stored, and is {after.state or 'forgotten'}"
        if not before.stored and before.state not in _GONE and after.state in ("", "reclaimed", "overwritten"):
            yield f"{_name(key)} was {before.state} and never stored, and is {after.state or 'forgotten'}"
        if before.kept and not after.kept and key in case.now.files:
            yield f"{_name(key)} was kept, and is so no more"
    for key, after in sorted(case.now.journal.items()):
        if after.state == "open":
            yield f"{_name(key)} was left open"
        if after.state in _GONE and key in case.now.files:
            yield f"{_name(key)} is {after.state} by the journal and still there"
        if after.stored and not (key in case.known.journal and case.known.journal[key].stored) and key not in case.accepted:
            yield f"{_name(key)} is stored by the journal, and the store does not have it"


def _boots_differ(case: Case) -> Iterator[str]:
    used = {key[0] for key in [*case.known.journal, *case.known.frames.values()]}
    again = {case.now.frames[frame.sha256][0] for frame in case.boot.frames if frame.sha256 in case.now.frames} & used
    if again:
        yield f"boot number {max(again)} is used twice"


def _file_system_is_sound(case: Case) -> Iterator[str]:
    yield from fsck(case.card).problems


def _name(key: Key) -> str:
    return f"segment {key[0]}/{key[1]}"


CHECKS: tuple[Callable[[Case], Iterator[str]], ...] = (
    _came_back,
    _footage_is_there,
    _loss_is_short,
    _losses_are_told,
    _verifies,
    _custody,
    _boots_differ,
    _file_system_is_sound,
)


def violations(case: Case) -> list[str]:
    return list(dict.fromkeys(problem for check in CHECKS for problem in check(case)))
