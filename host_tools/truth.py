# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A recording against what the camera really produced, frame by frame (`truth.jsonl` of a simulated run).

Every frame read back must be one that was produced, byte for byte and in order. A frame that is missing must lie in
a gap; what one fault cost its boot, besides, may not have taken longer than two seconds to produce.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from host_tools.footage import Footage, Gap
from host_tools.losses import PROMISE_MS, gaps_in
from host_tools.sources import SourceError

UNEXPLAINED = "dropped:unexplained"
_SLACK_PERIODS = 2  # a gap's ends are when the recorder looked, the truth's are when the frame was ready


class Produced(NamedTuple):
    """One frame that left the camera; they sort by when they did."""

    boot: int
    number: int
    uptime_ms: float
    sha256: str
    fate: str
    stream: str = ""  # if it is not the camera's

    @property
    def was_lost(self) -> bool:
        """It had been fetched, and was not safe yet."""
        return self.fate.startswith("lost:")

    @property
    def cause(self) -> str:
        return self.fate.partition(":")[2]


def read_truth(path: str | Path) -> list[Produced]:
    try:
        rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
        return sorted(Produced(r["boot"], r["n"], r["ticks_ms"], r["sha256"], r["fate"], r.get("stream", "")) for r in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"cannot read the truth file {path}: {error!r}", "`daylog sim run --out DIR` writes DIR/truth.jsonl") from error


def check_truth(footage: Footage, produced: list[Produced]) -> Iterator[str]:
    """Every difference between footage and truth that nothing explains."""
    for name in sorted({"", *footage.streams, *(frame.stream for frame in produced)}):
        frames = [frame for frame in produced if frame.stream == name]
        yield from ((f"{name}: " if name else "") + difference for difference in _differences(footage.of_stream(name), frames))


def _differences(footage: Footage, produced: list[Produced]) -> Iterator[str]:
    matches = Matches(footage, produced)
    yield from matches.problems
    slack_ms = _SLACK_PERIODS * max((boot.period_ns / 1e6 for boot in footage.boots), default=0)
    struck = struck_ms(produced, matches.found)
    by_boot = groupby((frame for frame in produced if frame.sha256 not in matches.found), key=lambda frame: frame.boot)
    for world_boot, missing in by_boot:
        judge = _Judge(matches.gaps_of(world_boot), slack_ms, matches.last_found_ms.get(world_boot), struck)
        for reason, run in groupby(missing, key=judge.complaint):
            if reason:
                yield f"boot {matches.name_of(world_boot)}: {_range(list(run))} {reason}"


def struck_ms(frames: list[Produced], found: Collection[str]) -> dict[str, float]:
    """For each frame that was lost, when its fault struck: that is when the last frame was produced which the same fault took."""
    struck: dict[str, float] = {}
    latest: dict[tuple[int, str], float] = {}  # by boot and cause, while going back in time
    for frame in reversed(frames):
        if frame.sha256 in found:
            latest.clear()
        elif frame.was_lost:
            struck[frame.sha256] = latest.setdefault((frame.boot, frame.cause), frame.uptime_ms)
        else:
            latest.pop((frame.boot, frame.cause), None)
    return struck


class Matches:
    """Which produced frames were read back; what was read back and is not one of them is a problem.

    The world counts boots from its own start, the recorder from the card's; it may change its number with the card.
    """

    def __init__(self, footage: Footage, produced: list[Produced]) -> None:
        self.problems: list[str] = []
        self.found: set[str] = set()
        self.numbers: dict[int, set[int]] = {}  # world's boot -> the recorder's
        self.last_found_ms: dict[int, float] = {}
        self._footage = footage
        places = {frame.sha256: place for place, frame in enumerate(produced)}
        last = -1
        for boot in sorted(footage.boots, key=lambda boot: boot.number):  # it may have been given another name in between
            for frame in boot.frames:
                place = places.get(frame.sha256, -1)
                if place < 0:
                    self.problems.append(f"boot {boot.number}: frame {frame.sequence} is not one that the camera produced")
                elif place <= last:
                    self.problems.append(f"boot {boot.number}: frame {frame.sequence} is out of order or there twice")
                else:
                    last = place
                    self._match(produced[place], boot.number)

    def _match(self, frame: Produced, boot: int) -> None:
        self.found.add(frame.sha256)
        self.numbers.setdefault(frame.boot, set()).add(boot)
        self.last_found_ms[frame.boot] = frame.uptime_ms

    def numbers_of(self, world_boot: int) -> set[int]:
        """The recorder's numbers of a boot; those that one which left no frame may have had."""
        if world_boot in self.numbers:
            return self.numbers[world_boot]
        known = {boot.number for boot in self._footage.boots} | {gap.boot for gap in self._footage.gaps}
        before = max((max(numbers) for boot, numbers in self.numbers.items() if boot < world_boot), default=-1)
        after = min((min(numbers) for boot, numbers in self.numbers.items() if boot > world_boot), default=max(known, default=0) + 1)
        return {number for number in known if before < number < after}

    def gaps_of(self, world_boot: int) -> list[Gap]:
        return [gap for number in sorted(self.numbers_of(world_boot)) for gap in gaps_in(self._footage, number)]

    def name_of(self, world_boot: int) -> int:
        return max(self.numbers_of(world_boot), default=world_boot)


@dataclass(frozen=True)
class _Judge:
    """Why a frame of one boot may be missing."""

    gaps: list[Gap]
    slack_ms: float
    last_found_ms: float | None
    struck_ms: dict[str, float]

    def complaint(self, frame: Produced) -> str:
        """What is wrong with this frame's absence; empty if it is accounted for."""
        if frame.fate == "recorded":
            return "had been recorded and cannot be read back"
        if frame.was_lost and self.struck_ms[frame.sha256] - frame.uptime_ms > PROMISE_MS:
            return f"({frame.fate}) lost although more than {PROMISE_MS / 1000:g} s old"
        if any(gap.touches(frame.uptime_ms - self.slack_ms, frame.uptime_ms + self.slack_ms) for gap in self.gaps):
            return ""
        if self._came_after_the_recording(frame) and not frame.was_lost and frame.fate != UNEXPLAINED:
            return ""
        return f"({frame.fate}) missing and no gap says why"

    def _came_after_the_recording(self, frame: Produced) -> bool:
        """Whoever stops a recording stops the camera a moment later. A boot that kept nothing has no such end."""
        return self.last_found_ms is not None and frame.uptime_ms > self.last_found_ms


def _range(frames: list[Produced]) -> str:
    if len(frames) == 1:
        return f"frame {frames[0].number}"
    return f"{len(frames)} frames from {frames[0].number} to {frames[-1].number}"
