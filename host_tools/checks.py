# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What `daylog verify` looks at: each check sees the footage of one recorder and yields what it cannot explain, in words."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from host_tools.card_journal import disagreements
from host_tools.footage import Boot, Footage, Frame
from host_tools.losses import DAMAGED, gaps_in, holes

_MS = 1_000_000


def check_segments(footage: Footage) -> Iterator[str]:
    """Damage inside the files: bytes that were written and do not read back."""
    for segment in footage.segments:
        yield from (f"{segment.file.path}: {damage}" for damage in segment.damage)


def check_order(footage: Footage) -> Iterator[str]:
    """Frame numbers and times only ever grow."""
    for boot in footage.boots:
        for before, after in pairwise(boot.frames):
            if after.sequence <= before.sequence or after.uptime_ns < before.uptime_ns:
                times = f"{after.uptime_ns / 1e9:.3f} s, after frame {before.sequence} at {before.uptime_ns / 1e9:.3f} s"
                yield f"boot {boot.number}: frame {after.sequence} at {times}"


def check_holes(footage: Footage) -> Iterator[str]:
    """Frames that are missing, or silence, that no gap explains."""
    for boot in footage.boots:
        yield from (f"boot {boot.number}: {hole}" for hole in holes(footage, boot))


def check_keyframes(footage: Footage) -> Iterator[str]:
    """A segment, and what follows missing frames, can be decoded without what is before it; but for what damage has left."""
    for boot in footage.boots:
        left = set(_after_damage(footage, boot))
        for segment in boot.segments:
            if segment.frames and not segment.frames[0].is_key and segment.frames[0] not in left:
                yield f"boot {boot.number}: segment {segment.number} does not begin with a keyframe"
        for before, after in pairwise(boot.frames):
            if after.sequence > before.sequence + 1 and not after.is_key and after not in left:
                yield f"boot {boot.number}: frame {after.sequence} follows missing ones and is no keyframe"


def _after_damage(footage: Footage, boot: Boot) -> Iterator[Frame]:
    """The first frame behind each hole that a rebuilt segment puts down to damage."""
    gaps = [gap for gap in gaps_in(footage, boot.number) if gap.cause == DAMAGED]
    for before, after in pairwise([Frame(0, 0, 0, ""), *boot.frames]) if gaps else ():
        if after.sequence > before.sequence + 1 and any(gap.touches(before.uptime_ns / _MS, after.uptime_ns / _MS) for gap in gaps):
            yield after


def check_journal(footage: Footage) -> Iterator[str]:
    """The journal and the files of a card agree."""
    if footage.journal:
        files = {(segment.boot, segment.number): segment.file for segment in footage.segments}
        yield from disagreements(footage.journal, files)


Check = Callable[[Footage], Iterator[str]]
_OF_A_STREAM: tuple[Check, ...] = (check_order, check_keyframes, check_holes)


def check_beside(footage: Footage) -> Iterator[str]:
    """Each stream beside the camera, as the camera's own."""
    for name in footage.streams:
        view = footage.of_stream(name)
        yield from (f"{name}: {problem}" for check in _OF_A_STREAM for problem in check(view))


CHECKS: tuple[Check, ...] = (check_segments, *_OF_A_STREAM, check_journal, check_beside)
