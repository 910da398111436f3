# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What happened when, along film time: recorded, dropped, lost, stored. The data behind the overview picture."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from host_tools.footage import Boot, Footage, Gap
from host_tools.losses import gaps_in
from host_tools.timeline import Timeline
from host_tools.truth import Matches, Produced
from host_tools.words import plural

_NS = 1_000_000_000
_MS = 1_000_000
_NEAR_S = 0.5
_WORDS = {"power_on": "power cut", "not_closed": "breaks off", "hard": "reset", "watchdog": "watchdog reset"}
_ORDER = ("captured", "recorded", "dropped", "lost", "stored")
Span = tuple[float, float]  # seconds of film time


@dataclass(frozen=True)
class Lane:
    """One row of the timeline."""

    title: str
    spans: list[Span]
    summary: str


@dataclass(frozen=True)
class Cut:
    """Where a boot broke off."""

    at_s: float
    cause: str


@dataclass(frozen=True)
class Story:
    """The rows, how long they are, and what ended each boot."""

    duration_s: float
    lanes: list[Lane]
    cuts: list[Cut]


def tell(footage: Footage, line: Timeline, produced: list[Produced] | None = None, stored: Iterable[tuple[int, int]] = ()) -> Story:
    """`produced` is the truth of a simulated run, `stored` the (boot, segment) pairs that the store holds."""
    told = _by_truth(footage, line, produced) if produced else _by_gaps(footage, line)
    lanes = {lane.title: lane for lane in [*told, _recorded(line), _stored(line, set(stored))]}
    duration_s = max((end for lane in lanes.values() for _, end in lane.spans), default=0.0)
    return Story(duration_s, [lanes[title] for title in _ORDER if title in lanes], _cuts(footage, line, lanes["lost"]))


def joined(spans: Iterable[Span], reach_s: float) -> list[Span]:
    """Spans that lie no further apart than `reach_s` become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] <= reach_s:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _span(line: Timeline, boot: Boot, from_ns: float, to_ns: float) -> Span:
    return line.film_ns(boot.number, round(from_ns)) / _NS, line.film_ns(boot.number, round(to_ns)) / _NS


def _frame_spans(line: Timeline, boot: Boot, uptimes_ns: Iterable[float]) -> list[Span]:
    spans = (_span(line, boot, uptime, uptime + boot.period_ns) for uptime in uptimes_ns)
    return joined(spans, boot.period_ns / _NS / 2)


def _recorded(line: Timeline) -> Lane:
    spans = [span for boot in line.boots for span in _frame_spans(line, boot, (f.uptime_ns for f in boot.frames))]
    return Lane("recorded", spans, _frames(sum(len(boot.frames) for boot in line.boots)))


def _by_truth(footage: Footage, line: Timeline, produced: list[Produced]) -> list[Lane]:
    """What the camera produced, and what of it the recorder dropped or a power cut took."""
    numbers_of = Matches(footage, produced).numbers
    boots = {world: boot for world, numbers in numbers_of.items() for boot in line.boots if boot.number in numbers}
    fates = {"captured": "", "dropped": "dropped:", "lost": "lost:"}
    return [_fate_lane(title, line, boots, [f for f in produced if f.fate.startswith(fate)]) for title, fate in fates.items()]


def _fate_lane(title: str, line: Timeline, boots: dict[int, Boot], frames: list[Produced]) -> Lane:
    spans: list[Span] = []
    for world, boot in boots.items():
        spans += _frame_spans(line, boot, (f.uptime_ms * _MS for f in frames if f.boot == world))
    causes = Counter(frame.fate.partition(":")[2] for frame in frames if title != "captured")
    return Lane(title, spans, _frames(len(frames), causes))


def _by_gaps(footage: Footage, line: Timeline) -> list[Lane]:
    """The same as far as the recording itself knows it: what ends a boot was lost, what is inside one was dropped."""
    lanes: dict[str, list[tuple[Boot, Gap]]] = {"dropped": [], "lost": []}
    for boot, gap in _gaps_by_boot(footage, line):
        lanes["lost" if _ends(gap, boot) else "dropped"].append((boot, gap))
    return [
        Lane(title, [_gap_span(line, boot, gap) for boot, gap in found], _gap_summary([gap for _, gap in found]))
        for title, found in lanes.items()
    ]


def _gap_span(line: Timeline, boot: Boot, gap: Gap) -> Span:
    from_ns = (gap.from_uptime_ms or 0) * _MS
    return _span(line, boot, from_ns, from_ns + boot.period_ns if gap.to_uptime_ms is None else gap.to_uptime_ms * _MS)


def _gap_summary(gaps: list[Gap]) -> str:
    causes = Counter(gap.cause for gap in gaps)
    if all(gap.frames is not None for gap in gaps):
        return _frames(sum(gap.frames or 0 for gap in gaps), causes)
    return f"{plural(len(gaps), 'gap')}: {', '.join(map(in_words, causes))}"


def _gaps_by_boot(footage: Footage, line: Timeline) -> list[tuple[Boot, Gap]]:
    return [(boot, gap) for boot in line.boots for gap in gaps_in(footage, boot.number)]


def _ends(gap: Gap, boot: Boot) -> bool:
    """Whether nothing more was recorded in its boot."""
    return gap.from_uptime_ms is not None and gap.from_uptime_ms * _MS >= boot.frames[-1].uptime_ns


def _cuts(footage: Footage, line: Timeline, lost: Lane) -> list[Cut]:
    """After the last frame of a boot, and after what was lost behind it."""
    ended = [(boot, gap) for boot, gap in _gaps_by_boot(footage, line) if _ends(gap, boot)]
    recorded = [(_span(line, boot, 0, boot.frames[-1].uptime_ns + boot.period_ns)[1], gap) for boot, gap in ended]
    return [
        Cut(next((end for start, end in lost.spans if start <= at + _NEAR_S and end > at), at), in_words(gap.cause)) for at, gap in recorded
    ]


def _stored(line: Timeline, stored: set[tuple[int, int]]) -> Lane:
    segments = [(boot, segment) for boot in line.boots for segment in boot.segments if segment.frames]
    held = [(boot, segment) for boot, segment in segments if (boot.number, segment.number) in stored]
    spans = [_span(line, boot, s.frames[0].uptime_ns, s.frames[-1].uptime_ns + boot.period_ns) for boot, s in held]
    return Lane("stored", spans, f"{len(held)} of {plural(len(segments), 'segment')}")


def _frames(count: int, causes: Iterable[str] = ()) -> str:
    named = ", ".join(map(in_words, causes))
    return plural(count, "frame") + (f": {named}" if named else "")


def in_words(cause: str) -> str:
    """What a person calls it; a reset cause stands for what recovery found after that reset."""
    return _WORDS.get(cause, cause.replace("_", " "))
