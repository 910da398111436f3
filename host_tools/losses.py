# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is missing from a recording, and whether the recording itself says so.

A gap that the recorder wrote down, or a segment that was never closed, explains a loss. What is left is a problem,
in words.
"""

from collections.abc import Iterator
from itertools import pairwise

from host_tools.footage import Boot, Footage, Frame, Gap

PROMISE_MS = 2000  # no single fault may cost more
_MS = 1_000_000


class Explanations:
    """The gaps of one boot; each can explain as many frames as it counts, and no more."""

    def __init__(self, gaps: list[Gap]) -> None:
        self._left = [[gap, gap.frames] for gap in gaps]

    def unexplained(self, missing: int, from_ms: float, to_ms: float) -> int:
        """How many of the frames missing in a stretch of uptime no gap accounts for."""
        for row in self._left:
            gap, left = row
            if missing and gap.touches(from_ms, to_ms):
                used = missing if left is None else min(missing, left)
                row[1] = None if left is None else left - used
                missing -= used
        return missing


def gaps_of(footage: Footage) -> list[Gap]:
    """The gaps that are written down, and one for each boot that ends in an unclosed segment."""
    return footage.gaps + [gap for boot in footage.boots for gap in _cut_off(boot)]


def _cut_off(boot: Boot) -> Iterator[Gap]:
    last = boot.segments[-1]
    if not last.closed and not last.damage:
        from_ms = boot.frames[-1].uptime_ns // _MS if boot.frames else None
        yield Gap(boot.number, "not_closed", None, from_ms, None, f"segment {last.number} breaks off; `daylog recover` closes it")


def check_source(footage: Footage) -> Iterator[str]:
    """What the file system of the card had to say."""
    yield from footage.problems


def check_segments(footage: Footage) -> Iterator[str]:
    """Damage inside the files: bytes that were written and do not read back."""
    for segment in footage.segments:
        yield from (f"{segment.file.path}: {damage}" for damage in segment.damage)


def check_sequence(footage: Footage) -> Iterator[str]:
    """Holes in the frame numbers, frames out of order, and silence, that no gap explains."""
    gaps = gaps_of(footage)
    for boot in footage.boots:
        explanations = Explanations([gap for gap in gaps if gap.boot == boot.number])
        frames = [*_before_first(footage, boot), *boot.frames]
        for earlier, later in pairwise(frames):
            yield from (f"boot {boot.number}: {problem}" for problem in _between(earlier, later, explanations))


def _before_first(footage: Footage, boot: Boot) -> list[Frame]:
    """Frame numbers start at 1, which can only be judged where the first segment is at hand."""
    return [Frame(0, 0, 0, "")] if footage.source.kind != "segment" and boot.segments[0].number <= 1 else []


def _between(earlier: Frame, later: Frame, explanations: Explanations) -> Iterator[str]:
    from_ms, to_ms = earlier.uptime_ns / _MS, later.uptime_ns / _MS
    if later.sequence <= earlier.sequence or to_ms < from_ms:
        yield f"frame {later.sequence} at {to_ms / 1000:.3f} s follows frame {earlier.sequence} at {from_ms / 1000:.3f} s"
        return
    missing = later.sequence - earlier.sequence - 1
    unexplained = explanations.unexplained(missing, from_ms, to_ms)
    if unexplained:
        yield f"{unexplained} frames are missing after frame {earlier.sequence} and no gap says why"
    elif not missing and earlier.sequence and to_ms - from_ms > PROMISE_MS and explanations.unexplained(1, from_ms, to_ms):
        yield f"no frame for {(to_ms - from_ms) / 1000:.1f} s after frame {earlier.sequence} and no gap says why"
