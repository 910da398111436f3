# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the camera really produced, and what became of each frame.

The simulated sensor wrote a line per frame; the bytes follow from the reel and the stamp, so the hashes are computed here, but for a
frame that was spoilt, whose hash stands in its line. A frame is `recorded` when it was read back from the card, whatever the firmware
believed; `lost:` says what struck before it was safe: the end of its boot, or a card that failed; `dropped:` names the model that lost
it, the failed card that could not take it, or the recording's own reason.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from host_tools.footage import Footage, Gap
from host_tools.truth import UNEXPLAINED, Matches, Produced, struck_ms
from sim.reel import Reel, stamped
from sim.runner import ASLEEP, History

CARD_ERROR, CARD_FULL = "card_error", "card_full"
_CAUSES = {"cut": "power_cut"}
_FAILURES = ("write-error", "write-protected", "read-error", "gone", "swap")  # faults that the firmware meets as an error
_LINE = '{"n": %d, "boot": %d, "ticks_ms": %d, "size": %d, "sha256": "%s", "fate": "%s"%s}\n'
_HASH_DIGITS = 64
_BACK_MS = 10_000  # a card that works again is recorded on by then


class Truth(NamedTuple):
    """One frame that the camera produced; `ticks_ms` is since its boot."""

    n: int
    boot: int
    ticks_ms: int
    size: int
    sha256: str
    fate: str
    stream: str = ""  # if it is not the camera's


@dataclass(frozen=True)
class Strike:
    """A card that failed, in uptime of a boot: from when on it was of no use, and until when."""

    at_ms: float
    until_ms: float


def settle(
    raw: Path, reel_path: Path, footage: Footage, history: History, period_ms: float, strikes: dict[int, list[Strike]], stream: str = ""
) -> list[Truth]:
    """The fate of every frame of one stream, in the order of production; `strikes` by boot. `footage` is that of the stream."""
    settled: list[Truth] = []
    rows = sorted(_hashed(raw, reel_path, stream), key=lambda row: row.n)
    matches = Matches(footage, produced(rows))
    for boot, frames in groupby(rows, key=lambda row: row.boot):
        last_ms, ending = matches.last_found_ms.get(boot, -1), history.ends[boot - 1].reason
        judge = _Judge(matches.found, last_ms, ending, matches.gaps_of(boot), strikes.get(boot, []), 2 * period_ms)
        settled += [row._replace(fate=judge.fate(row)) for row in frames]
    return settled


def produced(rows: list[Truth]) -> list[Produced]:
    """As the judge of a recording sees them."""
    return [Produced(row.boot, row.n, row.ticks_ms, row.sha256, row.fate, row.stream) for row in rows]


def strikes_in(trace: Path) -> dict[int, list[Strike]]:
    """When the firmware of each boot met a card that fails, as the world wrote it down."""
    strikes: dict[int, list[Strike]] = {}
    boot, began_us = 0, 0
    for row in _rows(trace, "boot", "card_fault"):
        if row["what"] == "boot":
            boot, began_us = row["boot"], row["us"]
        elif row["kind"] in _FAILURES:
            strikes.setdefault(boot, []).append(Strike((row["us"] - began_us) / 1000, (row["until_us"] - began_us) / 1000))
    return strikes


def _rows(trace: Path, *kinds: str) -> Iterator[dict[str, Any]]:
    """The lines of some kinds; a long trace is mostly others."""
    wanted = tuple(f'"what": "{kind}"' for kind in kinds)
    with trace.open() as lines:
        yield from (json.loads(line) for line in lines if any(what in line for what in wanted))


def _hashed(raw: Path, reel_path: Path, stream: str) -> Iterator[Truth]:
    reel = Reel(reel_path)
    for line in raw.read_text().splitlines():
        n, boot, ticks_ms, what, size, fate, *name = line.split(" ")
        if name != stream.split():
            continue
        sha256 = what if len(what) == _HASH_DIGITS else _sha256(stamped(reel.frame(int(what)), int(n), reel.stamp))
        yield Truth(int(n), int(boot), int(ticks_ms), int(size), sha256, fate, stream)
    reel.close()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class _Judge:
    """What is known about one boot; a gap's ends are when the recorder looked, so they may be off by `slack_ms`."""

    found: Collection[str]
    last_ms: float
    ending: str
    gaps: list[Gap]
    strikes: list[Strike]
    slack_ms: float

    def fate(self, row: Truth) -> str:
        if row.sha256 in self.found:
            return "recorded"
        near = [gap for gap in self.gaps if gap.touches(row.ticks_ms - self.slack_ms, row.ticks_ms + self.slack_ms)]
        by_card = self._by_card(row.ticks_ms, near)
        if by_card.startswith("dropped:"):
            return by_card
        if any(gap.cause == CARD_FULL for gap in near):
            return f"dropped:{CARD_FULL}"
        if row.fate.startswith("dropped:"):  # by the model of the camera: nobody fetched it
            return row.fate
        if by_card:
            return by_card
        if row.ticks_ms > self.last_ms and self.ending != ASLEEP:
            nobody_came = self.ending == "watchdog" and row.fate == "lost:uncollected"  # the board hung already
            return f"{'dropped' if nobody_came else 'lost'}:{_CAUSES.get(self.ending, self.ending)}"
        return f"dropped:{near[0].cause}" if near else UNEXPLAINED

    def _by_card(self, ticks_ms: float, near: list[Gap]) -> str:
        """What a failed card did to a frame: in the stretch that a gap puts down to it, or after the last frame of the boot."""
        told = [gap for gap in near if gap.cause == CARD_ERROR]
        for strike in self.strikes:
            if ticks_ms > self.last_ms < strike.at_ms or any(gap.touches(strike.at_ms, strike.at_ms) for gap in told):
                if ticks_ms <= strike.at_ms:
                    return f"lost:{CARD_ERROR}"
                if ticks_ms <= strike.until_ms + _BACK_MS:
                    return f"dropped:{CARD_ERROR}"
        return ""


def write(rows: list[Truth], path: Path) -> None:
    with path.open("w") as file:
        file.writelines(_LINE % (*row[:-1], f', "stream": "{row.stream}"' if row.stream else "") for row in rows)


def causes(rows: list[Truth]) -> dict[str, int]:
    """Frames by what kept them from being recorded: the part after "dropped:" or "lost:"."""
    return dict(sorted(Counter(row.fate.partition(":")[2] for row in rows if row.fate != "recorded").items()))


def lost_ms_max(rows: list[Truth], period_ms: float) -> int:
    """The most footage that one fault cost; a frame stands for one period."""
    if not any(row.fate.startswith("lost:") for row in rows):
        return 0
    struck = struck_ms(produced(rows), {row.sha256 for row in rows if row.fate == "recorded"})
    return max((round(struck[row.sha256] - row.ticks_ms + period_ms) for row in rows if row.sha256 in struck), default=0)
