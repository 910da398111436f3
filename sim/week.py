# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A wearer's days, with everything that can go wrong in them, drawn from a seed.

A day is 14 h on, from 08:00, and 10 h off: beside the bed, charging, and mostly in Wi-Fi. In the last night the recorder
is only paused, so that it can send what is left.

    week = draw(seed=1, days=7)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

DAY_S, ON_S = 86_400.0, 50_400.0
_AGAIN_S = 60.0  # what must not be missed is typed three times: the power may be off just then
_FAULTS = {"write-error": (4, 0.05, 20), "read-error": (2, 0.05, 10), "gone": (3, 2, 300), "stall": (4, 0.5, 10), "hang": (1, 0, 0)}
_MOODS = (
    "slow_down",
    "internal_error",
    "access_denied",
    "error_in_200",
    "login_page",
    "keeps_nothing",
    "hangs_up",
    "lost_reply",
    "half_reply",
)
_TYPED = ("status", "status --json", "segments", "log", "help", "sync", "keep", "keep 5", "\x03", "nonsense\x1b[A\t")
_NIGHTS = ("pause", "pause", "shutdown", "shutdown sync")
_SEGMENTS_MS = (60_000, 60_000, 300_000, 1_800_000)


@dataclass
class Week:
    """Times are virtual seconds. `moods`: (from, to, kind) of the store's."""

    seconds: float
    segment_ms: int
    cuts: list[float] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    wifi: list[tuple[float, float]] = field(default_factory=list)
    moods: list[tuple[float, float, str]] = field(default_factory=list)
    typed: list[tuple[float, str]] = field(default_factory=list)
    wakes: list[float] = field(default_factory=list)


def draw(seed: int, days: int, day_s: float = DAY_S) -> Week:
    """The week of a seed. With a shorter `day_s` all that happens in a day happens in that."""
    chance = Random(f"week {seed}")
    week, on_s = Week(days * day_s, chance.choice(_SEGMENTS_MS)), day_s * ON_S / DAY_S
    for day in range(days):
        start_s = day * day_s
        _wear(week, chance, start_s, on_s)
        _rest(week, chance, start_s + on_s, start_s + day_s, is_last=day == days - 1)
    return week


def _wear(week: Week, chance: Random, start_s: float, on_s: float) -> None:
    """Power, card and console of the hours that are recorded, and a little Wi-Fi at noon."""
    some = _moments(chance, start_s, on_s)
    for cut_s in (next(some) for _ in range(chance.randint(5, 12))):
        week.cuts.append(cut_s)
        if chance.random() < 0.3:
            week.cuts.append(cut_s + 3 + chance.uniform(0.05, 8))  # while the next boot is still recovering
    week.faults += [_fault(chance, next(some)) for _ in range(chance.randint(3, 6))]
    week.typed += [(next(some), chance.choice(_TYPED)) for _ in range(8)]
    for pause_s in (next(some) for _ in range(chance.randint(0, 2))):
        week.typed.append((pause_s, "pause"))
        _insist(week, pause_s + chance.uniform(10, 1200), "resume")
    if chance.random() < 0.5:
        noon_s = start_s + on_s * chance.uniform(0.3, 0.5)
        _wifi(week, chance, noon_s, noon_s + on_s * 0.04)


def _moments(chance: Random, start_s: float, length_s: float) -> Iterator[float]:
    while True:
        yield round(start_s + chance.uniform(0.001, 0.99) * length_s, 3)


def _fault(chance: Random, at_s: float) -> dict[str, Any]:
    kind = chance.choices(list(_FAULTS), [likely for likely, _, _ in _FAULTS.values()])[0]
    lasts_s = chance.uniform(*_FAULTS[kind][1:])
    from_us = int(at_s * 1e6)
    if kind in ("stall", "hang"):  # they strike once
        return {"kind": kind, "value": lasts_s, "from_us": from_us}
    return {"kind": kind, "from_us": from_us, "to_us": from_us + int(lasts_s * 1e6)}


def _insist(week: Week, at_s: float, line: str) -> None:
    week.typed += [(at_s + n * _AGAIN_S, line) for n in range(3)]


def _rest(week: Week, chance: Random, start_s: float, end_s: float, is_last: bool) -> None:
    """A night: paused or switched off, in Wi-Fi or not, with a store that has its moods."""
    night = "pause" if is_last else chance.choice(_NIGHTS)
    _insist(week, start_s, night)
    if night == "pause" and not is_last:
        _insist(week, end_s, "resume")
    elif not is_last:
        week.wakes.append(end_s)
    if is_last or chance.random() < 0.8:
        _wifi(week, chance, start_s, end_s)


def _wifi(week: Week, chance: Random, start_s: float, end_s: float) -> None:
    """Within reach, with breaks; and what the store does meanwhile."""
    breaks = sorted(chance.uniform(start_s, end_s) for _ in range(2 * chance.randint(0, 3)))
    edges = [start_s, *breaks, end_s]
    week.wifi += list(zip(edges[::2], edges[1::2], strict=True))
    for _ in range(chance.randint(2, 8)):
        at_s = chance.uniform(start_s, start_s + (end_s - start_s) / 4)  # while there is still something to send
        week.moods.append((at_s, at_s + chance.uniform(3, 200), chance.choice(_MOODS)))
