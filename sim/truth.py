# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the camera really produced, and what became of each frame.

The simulated sensor wrote a line per frame; the bytes follow from the reel and the stamp, so the hashes are
computed here. A frame is `recorded` when it was read back from the card, whatever the firmware believed; `lost:` says what
ended its boot before it was safe; `dropped:` names the model that lost it or the recording's own reason.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from host_tools.footage import Footage, Gap
from host_tools.losses import gaps_in
from sim.reel import Reel, stamped
from sim.runner import ASLEEP, History

UNEXPLAINED = "unexplained"
_CAUSES = {"cut": "power_cut"}


@dataclass(frozen=True)
class Truth:
    """One frame that the camera produced; `ticks_ms` is since its boot."""

    n: int
    boot: int
    ticks_ms: int
    size: int
    sha256: str
    fate: str


def settle(raw: Path, reel_path: Path, footage: Footage, history: History, period_ms: float) -> list[Truth]:
    """The fate of every frame, in the order of production."""
    number_of = {frame.sha256: boot.number for boot in footage.boots for frame in boot.frames}
    settled: list[Truth] = []
    for boot, produced in groupby(sorted(_hashed(raw, reel_path), key=lambda row: row.n), key=lambda row: row.boot):
        rows = list(produced)
        kept = [row for row in rows if row.sha256 in number_of]
        number = number_of[kept[-1].sha256] if kept else 0  # the recorder counts boots in its own way
        reason = history.ends[boot - 1].reason
        judge = _Judge(number_of.keys(), kept[-1].n if kept else -1, reason, gaps_in(footage, number), 2 * period_ms)
        settled += [replace(row, fate=judge.fate(row)) for row in rows]
    return settled


def _hashed(raw: Path, reel_path: Path) -> Iterator[Truth]:
    reel = Reel(reel_path)
    for line in raw.read_text().splitlines():
        n, boot, ticks_ms, index, _, fate = line.split(" ")
        data = stamped(reel.frame(int(index)), int(n))
        yield Truth(int(n), int(boot), int(ticks_ms), len(data), hashlib.sha256(data).hexdigest(), fate)
    reel.close()


@dataclass(frozen=True)
class _Judge:
    """What is known about one boot; a gap's ends are when the recorder looked, so they may be off by `slack_ms`."""

    found: Collection[str]
    last: int
    ending: str
    gaps: list[Gap]
    slack_ms: float

    def fate(self, row: Truth) -> str:
        if row.sha256 in self.found:
            return "recorded"
        if row.fate.startswith("dropped:"):
            return row.fate
        if row.n > self.last and self.ending != ASLEEP:
            return f"lost:{_CAUSES.get(self.ending, self.ending)}"
        near = (gap.cause for gap in self.gaps if gap.touches(row.ticks_ms - self.slack_ms, row.ticks_ms + self.slack_ms))
        return f"dropped:{next(near, UNEXPLAINED)}"


def write(rows: list[Truth], path: Path) -> None:
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))


def causes(rows: list[Truth]) -> dict[str, int]:
    """Frames by what kept them from being recorded: the part after "dropped:" or "lost:"."""
    return dict(sorted(Counter(row.fate.partition(":")[2] for row in rows if row.fate != "recorded").items()))


def lost_ms_max(rows: list[Truth], period_ms: float) -> int:
    """The most footage that the end of a boot cost; a frame stands for one period."""
    lost = (row for row in rows if row.fate.startswith("lost:"))
    times = [[row.ticks_ms for row in of_boot] for _, of_boot in groupby(lost, key=lambda row: row.boot)]
    return max((round(each[-1] - each[0] + period_ms) for each in times), default=0)
