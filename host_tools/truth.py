# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A recording against what the camera really produced, frame by frame (`truth.jsonl` of a simulated run).

Every frame read back must be one that was produced, byte for byte and in order. A frame that is missing must lie in
a gap; one lost to a cut must besides have been produced at most two seconds before the last that its boot could hold.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from host_tools.footage import Footage, Gap
from host_tools.losses import PROMISE_MS, gaps_in
from host_tools.sources import SourceError

_SLACK_PERIODS = 2  # a gap's ends are when the recorder looked, the truth's are when the frame was ready


class Produced(NamedTuple):
    """One frame that left the camera; they sort by when they did."""

    boot: int
    number: int
    uptime_ms: float
    sha256: str
    fate: str

    @property
    def was_dropped(self) -> bool:
        """Nobody fetched it: while the board hangs nothing but these is produced."""
        return self.fate.startswith("dropped:")


def read_truth(path: str | Path) -> list[Produced]:
    try:
        rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
        return sorted(Produced(r["boot"], r["n"], r["ticks_ms"], r["sha256"], r["fate"]) for r in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"cannot read the truth file {path}: {error!r}", "`daylog sim run --out DIR` writes DIR/truth.jsonl") from error


def check_truth(footage: Footage, produced: list[Produced]) -> Iterator[str]:
    """Every difference between footage and truth that nothing explains."""
    matches = Matches(footage, produced)
    yield from matches.problems
    by_boot = groupby((frame for frame in produced if frame.sha256 not in matches.found), key=lambda frame: frame.boot)
    for world_boot, missing in by_boot:
        number = matches.number_of(world_boot)
        judge = _Judge(
            gaps=gaps_in(footage, number),
            slack_ms=_SLACK_PERIODS * max((boot.period_ns / 1e6 for boot in footage.boots), default=0),
            last_found_ms=matches.last_found_ms.get(world_boot, -1),
            cut_ms=max((frame.uptime_ms for frame in produced if frame.boot == world_boot and not frame.was_dropped), default=0),
        )
        for reason, run in groupby(missing, key=judge.complaint):
            if reason:
                yield f"boot {number}: {_range(list(run))} {reason}"


class Matches:
    """Which produced frames were read back; what was read back and is not one of them is a problem."""

    def __init__(self, footage: Footage, produced: list[Produced]) -> None:
        self.problems: list[str] = []
        self.found: set[str] = set()
        self.boot_of: dict[int, int] = {}  # the world counts boots from its own start, the recorder from the card's
        self.last_found_ms: dict[int, float] = {}
        places = {frame.sha256: place for place, frame in enumerate(produced)}
        last = -1
        for boot in footage.boots:
            for frame in boot.frames:
                place = places.get(frame.sha256, -1)
                if place < 0:
                    self.problems.append(f"boot {boot.number}: frame {frame.sequence} is not one that the camera produced")
                elif place <= last:
                    self.problems.append(f"boot {boot.number}: frame {frame.sequence} is out of order or there twice")
                else:
                    last = place
                    self._match(produced[place], boot.number)

    def number_of(self, world_boot: int) -> int:
        """The recorder's number of a boot; one that left no frame is counted on from the others."""
        ahead = next((number - boot for boot, number in self.boot_of.items()), 0)
        return self.boot_of.get(world_boot, world_boot + ahead)

    def _match(self, frame: Produced, boot: int) -> None:
        self.found.add(frame.sha256)
        self.boot_of[frame.boot] = boot
        self.last_found_ms[frame.boot] = frame.uptime_ms


@dataclass(frozen=True)
class _Judge:
    """Why a frame of one boot may be missing."""

    gaps: list[Gap]
    slack_ms: float
    last_found_ms: float
    cut_ms: float

    def complaint(self, frame: Produced) -> str:
        """What is wrong with this frame's absence; empty if it is accounted for."""
        lost = frame.fate.startswith("lost:")
        if frame.fate == "recorded":
            return "had been recorded and cannot be read back"
        if lost and self.cut_ms - frame.uptime_ms > PROMISE_MS:
            return f"({frame.fate}) lost although more than {PROMISE_MS / 1000:g} s old"
        if any(gap.touches(frame.uptime_ms - self.slack_ms, frame.uptime_ms + self.slack_ms) for gap in self.gaps):
            return ""
        if not lost and frame.uptime_ms > self.last_found_ms:
            return ""  # nobody was recording any more
        return f"({frame.fate}) missing and no gap says why"


def _range(frames: list[Produced]) -> str:
    if len(frames) == 1:
        return f"frame {frames[0].number}"
    return f"{len(frames)} frames from {frames[0].number} to {frames[-1].number}"
