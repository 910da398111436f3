# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the camera really produced, and what became of each frame.

The simulated sensor wrote a line per frame; the bytes follow from the reel and the stamp, so the hashes are
computed here. A frame is `recorded` when it was read back from the card, whatever the firmware believed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from host_tools.footage import Footage
from sim.reel import Reel, stamped
from sim.runner import History

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


def settle(raw: Path, reel_path: Path, footage: Footage, history: History) -> list[Truth]:
    """The fate of every frame, in the order of production."""
    found = {frame.sha256 for boot in footage.boots for frame in boot.frames}
    endings = [_CAUSES.get(end.reason, end.reason) for end in history.ends]
    rows = sorted(_hashed(raw, reel_path), key=lambda row: row.n)  # a line is written when a fate is known
    last = {row.boot: row.n for row in rows if row.sha256 in found}
    return [_judged(row, found, last, endings) for row in rows]


def _hashed(raw: Path, reel_path: Path) -> Iterator[Truth]:
    reel = Reel(reel_path)
    for line in raw.read_text().splitlines():
        n, boot, ticks_ms, index, _, fate = line.split(" ")
        data = stamped(reel.frame(int(index)), int(n))
        yield Truth(int(n), int(boot), int(ticks_ms), len(data), hashlib.sha256(data).hexdigest(), fate)
    reel.close()


def _judged(row: Truth, found: set[str], last: dict[int, int], endings: list[str]) -> Truth:
    if row.sha256 in found:
        fate = "recorded"
    elif row.fate.startswith("dropped:"):
        fate = row.fate
    elif row.n > last.get(row.boot, -1):
        fate = f"lost:{endings[row.boot - 1]}"
    else:
        fate = "dropped:recorder"  # it was handed over, and later ones were kept
    return Truth(row.n, row.boot, row.ticks_ms, row.size, row.sha256, fate)


def write(rows: list[Truth], path: Path) -> None:
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))


def fates(rows: list[Truth]) -> dict[str, int]:
    """Frames by what kept them from being recorded: the part after "dropped:" or "lost:"."""
    return dict(sorted(Counter(row.fate.partition(":")[2] for row in rows if row.fate != "recorded").items()))


def lost_ms_max(rows: list[Truth], history: History) -> int:
    """The most footage any end of a boot cost: from the last frame kept, or the first produced, to the end."""
    return max((_lost_ms(rows, boot, end.reason) for boot, end in enumerate(history.ends, 1)), default=0)


def _lost_ms(rows: list[Truth], boot: int, reason: str) -> int:
    lost = [row for row in rows if row.boot == boot and row.fate.startswith("lost:")]
    return lost[-1].ticks_ms - lost[0].ticks_ms + 1 if lost else 0
