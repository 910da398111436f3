# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The one object that a run ends with: what `daylog sim run --json` prints."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.verify import Report, verify
from sim import truth
from sim.options import Options
from sim.runner import ASLEEP, AnyWorld, History

_CLOSED = ("closed", "stored", "set_aside", "reclaimed")
_PENDING = ("closed", "set_aside")


@dataclass(frozen=True)
class Result:
    """`frames` are the camera's, `beside` has those of other streams, by name. `lost_ms_max`: the most footage one fault cost.
    `heap`: bytes on the MicroPython heap of the board."""

    ok: bool
    board: str
    profile: str
    virtual_s: float
    real_s: float
    frames: dict[str, Any]
    segments: dict[str, int]
    bytes: dict[str, int]
    beside: dict[str, Any]
    boots: int
    lost_ms_max: int
    heap: dict[str, Any]
    trace_sha256: str
    out: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def conclude(options: Options, world: AnyWorld, history: History) -> tuple[Result, Report]:
    """Read the card back, write truth.jsonl, judge."""
    card, truth_file = options.card, options.out / "truth.jsonl"
    with open_source(card) as source:
        footage = load(source, hashes=True)
        strikes = truth.strikes_in(options.out / "trace.jsonl")
        raw = options.out / "truth.raw"
        rows = {"": truth.settle(raw, world.reel, footage, history, options.period_ms, strikes)}
        for name, reel in world.beside.items():
            rows[name] = truth.settle(raw, reel, footage.of_stream(name), history, options.period_of_ms(name), strikes, name)
    truth.write([row for stream in rows.values() for row in stream], truth_file)
    report = verify(card, truth=truth_file)
    return _result(options, history, footage, rows, report), report


def _result(options: Options, history: History, footage: Footage, rows: dict[str, list[truth.Truth]], report: Report) -> Result:
    ended_well = history.ends[-1].reason == ASLEEP
    is_explained = all(row.fate != truth.UNEXPLAINED for stream in rows.values() for row in stream)
    frames = {name: _frames(stream) for name, stream in rows.items()}
    return Result(
        ok=ended_well and report.verdict != "damaged" and is_explained,
        board=options.board["name"],
        profile=options.profile,
        virtual_s=round(history.virtual_s, 3),
        real_s=round(history.real_s, 3),
        frames=frames.pop(""),
        segments=_segments(footage),
        bytes=_bytes(footage),
        beside=frames,
        boots=len(history.ends),
        lost_ms_max=max(truth.lost_ms_max(stream, options.period_of_ms(name)) for name, stream in rows.items()),
        heap=_heap(history),
        trace_sha256=hashlib.sha256((options.out / "trace.jsonl").read_bytes()).hexdigest(),
        out=str(options.out),
    )


def _frames(rows: list[truth.Truth]) -> dict[str, Any]:
    """Of one stream."""
    recorded = sum(row.fate == "recorded" for row in rows)
    return {"captured": len(rows), "recorded": recorded, "dropped": truth.causes(rows)}


def _segments(footage: Footage) -> dict[str, int]:
    states = [record.state for record in footage.journal.values()]
    return {
        "closed": sum(state in _CLOSED for state in states),
        "stored": sum(record.stored for record in footage.journal.values()),
        "pending": sum(state in _PENDING for state in states),
    }


def _bytes(footage: Footage) -> dict[str, int]:
    sizes = [(record.size or 0, record.stored) for record in footage.journal.values()]
    return {"recorded": sum(size for size, _ in sizes), "stored": sum(size for size, stored in sizes if stored)}


def _heap(history: History) -> dict[str, Any]:
    heaps = [end.details["heap"] for end in history.ends if "heap" in end.details]
    per_frame = [heap["per_frame"] for heap in heaps if heap["per_frame"]]
    return {
        "limit": min((heap["limit"] for heap in heaps), default=0),
        "peak": max((heap["peak"] for heap in heaps), default=0),
        "per_frame": min(per_frame, default=None),
    }
