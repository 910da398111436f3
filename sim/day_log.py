# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a day was like over its hours, read from its trace, its card and what the store got: the material of the plot."""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from host_tools.footage import Footage
from sim.options import Options

_NUMBERS = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")


class Kept(NamedTuple):
    """An object that the store has, and the virtual second at which it got it."""

    key: str
    size: int
    at_s: float

    @property
    def segment(self) -> tuple[int, int]:
        found = _NUMBERS.search(self.key)
        return (int(found[1]), int(found[2])) if found else (0, 0)


@dataclass
class DayLog:
    """Seconds since the beginning stand first in each row. `recorded`: (begin, seconds, MB) of each segment; `stored`: (when, MB); `gaps`:
    (from, to, cause); `profiles`: (from, name), "" while the camera is off; `radio`: (from, network or "")."""

    battery: list[tuple[float, int, int]] = field(default_factory=list)  # mV, %
    case_c: list[tuple[float, int]] = field(default_factory=list)
    die_c: list[tuple[float, int]] = field(default_factory=list)
    camera: list[tuple[float, str]] = field(default_factory=list)
    radio: list[tuple[float, str]] = field(default_factory=list)
    recorded: list[tuple[float, float, float]] = field(default_factory=list)
    stored: list[tuple[float, float]] = field(default_factory=list)
    waiting: list[tuple[float, float]] = field(default_factory=list)
    gaps: list[tuple[float, float, str]] = field(default_factory=list)
    boots: list[tuple[float, str]] = field(default_factory=list)

    @property
    def profiles(self) -> list[tuple[float, str]]:
        """Each change from one profile to another."""
        named = [row for row in self.camera if row[1]]
        return [row for at, row in enumerate(named) if not at or named[at - 1][1] != row[1]]

    def pending(self) -> list[tuple[float, float]]:
        """(recorded when, MB) of each segment that the store does not have."""
        return self.waiting

    def backlog(self) -> list[tuple[float, float]]:
        """(when, MB): it grows with each segment that ends and falls with each that is stored."""
        grown = [(at + length, megabytes) for at, length, megabytes in self.recorded]
        changes = sorted(grown + [(at, -megabytes) for at, megabytes in self.stored])
        total, rows = 0.0, [(0.0, 0.0)]
        for at, megabytes in changes:
            total += megabytes
            rows.append((at, max(0.0, total)))
        return rows


def read_log(out: Path, footage: Footage, received: list[Kept], board: dict[str, Any], options: Options) -> DayLog:
    """`board`: as it is at full payload; what the options have may be smaller."""
    log = DayLog()
    named = {profile["size"]: name for name, profile in options.board["profiles"].items()}
    for line in (out / "trace.jsonl").open():
        if take := _TAKERS.get(_what(line)):
            row = json.loads(line)
            take(log, row["us"] / 1e6, row)
    log.camera = [(at, named.get(size, "")) for at, size in log.camera]
    begins = [at for at, _ in log.boots]
    _read_segments(log, footage, {kept.segment: kept for kept in received}, begins, _Bytes(board, options))
    for gap in footage.gaps:
        origin = begins[min(gap.boot, len(begins)) - 1] if begins else 0.0
        start_s = origin + (gap.from_uptime_ms or 0) / 1000
        end_s = origin + gap.to_uptime_ms / 1000 if gap.to_uptime_ms is not None else _next(begins, start_s)
        log.gaps.append((start_s, end_s, gap.cause))
    return log


def _what(line: str) -> str:
    at = line.find('"what": "') + 9
    return line[at : line.find('"', at)]


def _next(begins: list[float], at_s: float) -> float:
    at = bisect_right(begins, at_s)
    return begins[at] if at < len(begins) else at_s


class _Bytes:
    """What footage would weigh at full payload: by the board's data, and by how busy the scene is."""

    def __init__(self, board: dict[str, Any], options: Options) -> None:
        self._profiles, self._shown, self._activity = board["profiles"], options.board["profiles"], options.activity

    def megabytes(self, frames: int, profile: str, at_s: float) -> float:
        percent = next((percent for from_s, percent in reversed(self._activity) if from_s <= at_s), 100)
        full, shown = self._profiles[profile], self._shown[profile]
        return frames * full["fps"] / shown["fps"] * full["expected_kb_per_frame"] * percent / 100 / 1000


def _read_segments(log: DayLog, footage: Footage, stored: dict[tuple[int, int], Kept], begins: list[float], full: "_Bytes") -> None:
    for segment in footage.segments:
        frames = segment.frames
        if not frames:
            continue
        origin = begins[min(segment.boot, len(begins)) - 1] if begins else 0.0
        at_s = origin + frames[0].uptime_ns / 1e9
        length_s = (frames[-1].uptime_ns - frames[0].uptime_ns) / 1e9 + 1 / segment.fps
        megabytes = full.megabytes(len(frames), segment.metadata.get("profile", ""), at_s)
        log.recorded.append((at_s, length_s, megabytes))
        kept = stored.get((segment.boot, segment.number))
        if kept:
            log.stored.append((kept.at_s, megabytes))
        else:
            log.waiting.append((at_s, megabytes))


_TAKERS = {
    "boot": lambda log, at_s, row: log.boots.append((at_s, row["cause"])),
    "end": lambda log, at_s, row: (log.camera.append((at_s, "")), log.radio.append((at_s, ""))),
    "battery": lambda log, at_s, row: log.battery.append((at_s, row["mv"], row["percent"])),
    "warmth": lambda log, at_s, row: (log.case_c.append((at_s, row["case_c"])), log.die_c.append((at_s, row["die_c"]))),
    "camera_on": lambda log, at_s, row: log.camera.append((at_s, row["size"])),
    "camera_off": lambda log, at_s, row: log.camera.append((at_s, "")),
    "wifi_up": lambda log, at_s, row: log.radio.append((at_s, row["ssid"])),
    "wifi_down": lambda log, at_s, row: log.radio.append((at_s, "")),
}
