# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When each boot of a recorder was, in UTC: as it was told, by its clock chip, or between which moments at least.

    for number, dating in date(footage.boots).items(): ...

A boot that met a time server, a store or a person knows the time itself. Every boot also wrote down what its clock chip
showed when it began. As long as nobody sets the chip and its power stays on, one run of it bridges boots: a boot that was told the time
says what the chip showed then, and so when all others of the same run were. Two of those also say how fast the chip is.
Without a chip only the order is known: a boot lies between the ends of those before and after it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from firmware.timekeeper import EARLIEST_S, RTC
from host_tools.footage import Boot
from host_tools.words import utc_text

_MS, _S = 1_000_000, 1_000_000_000
SET_ERROR_NS = _S  # a chip is set to whole seconds
WORST_DRIFT = 100e-6  # estimate: a watch crystal (20 ppm at 25 C, and more in the cold), as in the data sheets of PCF8563 and BM8563
KNOWN_DRIFT = 20e-6  # estimate: what is left of it, once two readings have told the mean
FASTEST = 0.05  # beyond any drift, even that of a counter without a crystal
LONG_NS = 86_400 * _S  # from here on a drift can be told from how coarsely a chip is set

Anchor = tuple[int, int]  # what the chip showed, and the Unix time of that


@dataclass(frozen=True)
class Dating:
    """Unix time at uptime zero of a boot, and between what it lies for sure; None where nobody can say.

    `how`: "told" to the boot itself, by the clock "chip", or "order": known is only what came before and after.
    """

    how: str
    utc_ns: int | None = None
    earliest_ns: int | None = None
    latest_ns: int | None = None


@dataclass(frozen=True)
class Facts:
    """What one boot recorded about time; Unix times and readings of the chip are those at uptime zero."""

    boot: int
    length_ns: int
    told_ns: int | None
    chip_ns: int | None
    set_ns: int | None  # Unix time when the chip was set


def date(boots: Iterable[Boot]) -> dict[int, Dating]:
    """The date of each boot of one recorder, by its number."""
    return date_by([facts_of(boot) for boot in boots])


def date_by(facts: Sequence[Facts]) -> dict[int, Dating]:
    """The same by what each boot recorded, in their order."""
    found = {fact.boot: Dating("told", fact.told_ns, fact.told_ns, fact.told_ns) for fact in facts if fact.told_ns is not None}
    for run in _runs(facts):
        for number, chip_ns in run.readings:
            found.setdefault(number, run.date(chip_ns))
    return _bounded(facts, found)


def row(boot: int, dating: Dating) -> dict[str, Any]:
    """The date of a boot as `--json` tells it."""
    times = {"utc": dating.utc_ns, "earliest": dating.earliest_ns, "latest": dating.latest_ns}
    return {"boot": boot, "how": dating.how, **{name: None if ns is None else utc_text(ns) for name, ns in times.items()}}


def facts_of(boot: Boot) -> Facts:
    rows = [row for segment in boot.segments for row in segment.clocks if {"unix_ms", "uptime_ms"} <= row.keys()]
    told = [row for row in rows if row.get("source") != RTC]
    offsets = [(row["unix_ms"] - row["uptime_ms"]) * _MS for row in told]
    if not rows:  # their chunks may be lost
        offsets = [segment.utc_offset_ns for segment in boot.segments if segment.utc_offset_ns is not None]
    return Facts(
        boot=boot.number,
        length_ns=boot.frames[-1].uptime_ns + boot.period_ns if boot.frames else 0,
        told_ns=offsets[-1] if offsets else None,
        chip_ns=next((s.rtc_boot_ns for s in boot.segments if s.rtc_boot_ns is not None), None),
        set_ns=told[-1]["unix_ms"] * _MS if told else None,
    )


@dataclass
class _Run:
    """A stretch in which the chip ran undisturbed."""

    anchors: list[Anchor] = field(default_factory=list)
    readings: list[tuple[int, int]] = field(default_factory=list)  # (boot, what it showed when that began)
    end_ns: int = 0  # the least that it must have shown at the end of the last boot

    def add(self, boot: int, chip_ns: int, told_ns: int | None, length_ns: int) -> None:
        self.readings.append((boot, chip_ns))
        self.end_ns = chip_ns + int(length_ns * (1 - FASTEST))
        if told_ns is not None:
            self.anchors.append((chip_ns, told_ns))

    def date(self, chip_ns: int) -> Dating:
        if not self.anchors:
            return Dating("chip", chip_ns) if chip_ns >= EARLIEST_S * _S else Dating("order")
        (left_ns, left_utc_ns), (right_ns, right_utc_ns) = self._around(chip_ns)
        span_ns, is_between = right_ns - left_ns, left_ns <= chip_ns <= right_ns
        is_long = span_ns >= LONG_NS
        drift = (right_utc_ns - left_utc_ns) / span_ns - 1 if is_long or (is_between and span_ns) else 0.0
        near_ns, near_utc_ns = (right_ns, right_utc_ns) if chip_ns > right_ns else (left_ns, left_utc_ns)
        utc_ns = near_utc_ns + chip_ns - near_ns + round((chip_ns - near_ns) * drift)
        far_ns = min(abs(chip_ns - shown_ns) for shown_ns, _ in self.anchors)
        doubt_ns = SET_ERROR_NS + round(far_ns * (KNOWN_DRIFT if is_long else WORST_DRIFT))
        return Dating("chip", utc_ns, utc_ns - doubt_ns, utc_ns + doubt_ns)

    def _around(self, chip_ns: int) -> tuple[Anchor, Anchor]:
        """The anchors before and after a reading; outside of all, the first and the last."""
        for left, right in pairwise(self.anchors):
            if left[0] <= chip_ns <= right[0]:
                return left, right
        return self.anchors[0], self.anchors[-1]


def _runs(facts: Iterable[Facts]) -> list[_Run]:
    runs: list[_Run] = []
    for fact in facts:
        if fact.chip_ns is None:
            continue
        if not runs or fact.chip_ns < runs[-1].end_ns:  # a chip whose power went shows less than it has shown already
            runs.append(_Run())
        runs[-1].add(fact.boot, fact.chip_ns, fact.told_ns, fact.length_ns)
        if fact.set_ns is not None and fact.told_ns is not None:
            since_ns = fact.told_ns + fact.length_ns - fact.set_ns
            runs.append(_Run([(fact.set_ns, fact.set_ns)], end_ns=fact.set_ns - SET_ERROR_NS + int(since_ns * (1 - FASTEST))))
    return runs


def _bounded(facts: Sequence[Facts], found: dict[int, Dating]) -> dict[int, Dating]:
    """Whoever nobody could date lies between his neighbours."""
    dates = {fact.boot: found.get(fact.boot, Dating("order")) for fact in facts}
    floors, ceilings = dict(_floors(facts, dates)), dict(_ceilings(facts, dates))
    return {
        number: replace(dating, earliest_ns=floors[number], latest_ns=ceilings[number]) if dating.how == "order" else dating
        for number, dating in dates.items()
    }


def _floors(facts: Sequence[Facts], dates: dict[int, Dating]) -> Iterator[tuple[int, int | None]]:
    """The earliest that each boot can have begun."""
    floor_ns = None
    for fact in facts:
        dating = dates[fact.boot]
        begins_ns = dating.utc_ns if dating.earliest_ns is None else dating.earliest_ns
        floor_ns = floor_ns if begins_ns is None else begins_ns
        yield fact.boot, floor_ns
        floor_ns = None if floor_ns is None else floor_ns + fact.length_ns


def _ceilings(facts: Sequence[Facts], dates: dict[int, Dating]) -> Iterator[tuple[int, int | None]]:
    """The latest."""
    ceiling_ns = None
    for fact in reversed(facts):
        dating = dates[fact.boot]
        begins_ns = dating.utc_ns if dating.latest_ns is None else dating.latest_ns
        ceiling_ns = (None if ceiling_ns is None else ceiling_ns - fact.length_ns) if begins_ns is None else begins_ns
        yield fact.boot, ceiling_ns
