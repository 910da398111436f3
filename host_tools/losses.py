# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is missing from a recording, and whether the recording itself says so.

A gap that the recorder wrote down, or a boot whose last segment was never closed, explains a loss. What is left
is a hole that nothing explains.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from host_tools.footage import Boot, Footage, Frame, Gap, Segment
from host_tools.words import plural

DAMAGED = "damaged"  # the cause of gaps in what was rebuilt
PROMISE_MS = 2000  # no single fault may cost more
_PATIENCE_PERIODS = 1.5
_MS = 1_000_000


@dataclass(frozen=True)
class Hole:
    """Frames that are missing between two that are there, and no gap says why."""

    before: Frame
    after: Frame
    missing: int  # 0: no number is missing, but there was silence

    def __str__(self) -> str:
        if self.missing:
            return f"{plural(self.missing, 'frame')} missing after frame {self.before.sequence} and no gap says why"
        silence_s = (self.after.uptime_ns - self.before.uptime_ns) / 1e9
        return f"no frame for {silence_s:.1f} s after frame {self.before.sequence} and no gap says why"


class Explanations:
    """The gaps of one boot; each can explain as many frames as it counts, and no more."""

    def __init__(self, gaps: list[Gap]) -> None:
        self._left = [(gap, [gap.frames]) for gap in gaps]

    def unexplained(self, missing: int, from_ms: float, to_ms: float) -> int:
        """How many of the frames missing in a stretch of uptime no gap accounts for."""
        for gap, left in self._left:
            if missing and gap.touches(from_ms, to_ms):
                used = missing if left[0] is None else min(missing, left[0])
                left[0] = None if left[0] is None else left[0] - used
                missing -= used
        return missing


def gaps_of(footage: Footage) -> list[Gap]:
    """The gaps that are written down, and one for each boot that breaks off."""
    return [*footage.gaps, *(gap for boot in footage.boots for gap in _broken_off(footage, boot))]


def gaps_beside(footage: Footage) -> list[Gap]:
    """Those that only streams beside the camera have."""
    return list(dict.fromkeys(gap for segment in footage.segments for gap in segment.track_gaps))


def _broken_off(footage: Footage, boot: Boot) -> Iterator[Gap]:
    """The last segment was never closed; or the journal knows of one more that did not even become a file, or of a full card."""
    last = boot.segments[-1]
    from_ms = boot.frames[-1].uptime_ns // _MS if boot.frames else None
    told = any(gap.boot == boot.number and gap.to_uptime_ms is None for gap in footage.gaps)
    if (boot.number, 0) in footage.journal and not told:
        yield Gap(boot.number, "card_full", None, from_ms, None, "the card was full; no later recording tells of it")
    begun = footage.journal.get((boot.number, last.number + 1))
    if (begun and begun.state == "open") or not (last.closed or last.damage):
        yield Gap(boot.number, "not_closed", None, from_ms, None, "it breaks off here; `daylog recover` closes it")


def gaps_in(footage: Footage, number: int) -> list[Gap]:
    """The gaps of one boot; an end that the recorder could not know is where footage ends or begins again."""
    times_ms = [frame.uptime_ns // _MS for boot in footage.boots if boot.number == number for frame in boot.frames]
    return [_bounded(gap, times_ms) for gap in gaps_of(footage) if gap.boot == number]


def _bounded(gap: Gap, times_ms: list[int]) -> Gap:
    from_ms = max(times_ms, default=0) if gap.from_uptime_ms is None else gap.from_uptime_ms
    to_ms = gap.to_uptime_ms
    if to_ms is None:
        to_ms = next((time for time in times_ms if time > from_ms), None)
    return replace(gap, from_uptime_ms=from_ms, to_uptime_ms=to_ms)


def holes(footage: Footage, boot: Boot) -> Iterator[Hole]:
    """Where frames are missing and no gap says why."""
    explanations = Explanations(gaps_in(footage, boot.number))
    for run in _runs(footage, boot):
        for (before, _), (after, patience_ms) in pairwise(run):
            missing = max(0, after.sequence - before.sequence - 1)
            from_ms, to_ms = before.uptime_ns / _MS, after.uptime_ns / _MS
            silent = not missing and before.sequence > 0 and to_ms - from_ms > patience_ms
            unexplained = explanations.unexplained(missing or silent, from_ms, to_ms)
            if unexplained:
                yield Hole(before, after, 0 if silent else unexplained)


def _runs(footage: Footage, boot: Boot) -> list[list[tuple[Frame, float]]]:
    """The frames of a boot, parted where segments were moved to the store and removed from the card; and how long each may be waited
    for, which is long in a time-lapse."""
    runs = [[(frame, 0.0) for frame in _before_first(footage, boot)]]
    expected = boot.segments[0].number
    for segment in boot.segments:
        between = range(expected, segment.number)
        if between and all(_is_reclaimed(footage, segment, number) for number in between):
            runs.append([])
        patience_ms = max(PROMISE_MS, _PATIENCE_PERIODS * 1000 / segment.fps)
        runs[-1].extend((frame, patience_ms) for frame in segment.frames)
        expected = segment.number + 1
    return runs


def _before_first(footage: Footage, boot: Boot) -> list[Frame]:
    """Frame numbers start at 1. Of one file that was asked for by itself nobody misses a beginning, unless it is damaged."""
    first = boot.segments[0]
    return [Frame(0, 0, 0, "")] if first.number == 1 and (footage.source.kind != "segment" or first.damage) else []


def _is_reclaimed(footage: Footage, segment: Segment, number: int) -> bool:
    record = footage.journal.get((segment.boot, number))
    return record is not None and record.stored and record.state == "reclaimed"
