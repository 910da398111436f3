# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A day of a scenario: the real firmware through all of it, and a verdict on each of its promises.

    day = play(load("office_day"), find_board("…"), out)
    day.verdict, [(promise.name, promise.verdict, promise.said) for promise in day.promises]

Footage goes to the world's store. At reduced payload every frame is still captured, written, committed and sent; each is some twenty
times smaller, and so is the bandwidth.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from firmware.stillness import STILL
from host_tools.clips import clip
from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.truth import check_truth
from sim import runner, truth
from sim.day_log import DayLog, Kept, read_log
from sim.options import Options
from sim.reduced import FACTOR, reduced
from sim.scenario import Scenario
from sim.world import tidied
from sim.world_store import Kept as KeptObject
from sim.world_store import WorldStore

PASS, WARN, FAIL = "PASS", "WARN", "FAIL"
_WORST = (PASS, WARN, FAIL)
_HOUR_S = 3600.0


@dataclass(frozen=True)
class Promise:
    """What was promised, how it came out, and in which numbers."""

    name: str
    verdict: str
    said: str


@dataclass
class Day:
    """`energy_mwh` is what the cell gave; `megabytes` stand for the full payload. The backlog is that of the midnight after the day, and
    its hours those of the oldest frame. `log` is for the plot."""

    scenario: str
    title: str
    board: str
    seed: int
    hours: float
    factor: float
    recorded_hours: float
    frames: dict[str, Any]
    boots: int
    ends: list[str]
    energy_mwh: float
    megabytes: float
    backlog_mb: float
    backlog_hours: float
    lost_ms_max: int
    hottest_c: int
    lowest_percent: int
    switches: int
    stored: int
    promises: list[Promise]
    real_s: float
    log: DayLog

    @property
    def verdict(self) -> str:
        return max((promise.verdict for promise in self.promises), key=_WORST.index)

    def as_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, **{name: value for name, value in asdict(self).items() if name != "log"}}


def play(
    scenario: Scenario,
    board: dict[str, Any],
    out: Path,
    seed: int | None = None,
    settings: dict[str, Any] | None = None,
    full: bool = False,
    thin: int = 1,
    progress: Callable[[float], None] = lambda virtual_s: None,
) -> Day:
    """One day; `thin`: with every so many-th frame only. Raises DaylogError."""
    factor = 1 if full else FACTOR * thin
    shown = board if full else reduced(board, thin)
    received: list[Kept] = []

    def keep(kept: KeptObject) -> None:
        received.append(Kept(kept.key, len(kept.data), runner.virtual_s(out / "trace.jsonl")))

    with WorldStore(lambda: scenario.utc_at_zero_ms / 1000 + runner.virtual_s(out / "trace.jsonl"), keep) as store:
        options = scenario.options(shown, clip(), out, store.settings, seed, settings, factor)
        with tidied(out):
            world = runner.prepare(options)
            history = runner.play(options, world, progress)
            return _conclude(scenario, board, options, world.reel, history, received, factor)


# -- the verdict -----------------------------------------------------------------------------------


def _conclude(
    scenario: Scenario, board: dict[str, Any], options: Options, reel: Path, history: runner.History, received: list[Kept], factor: float
) -> Day:
    out = options.out
    with open_source(out / "card.img") as source:
        footage = load(source, hashes=True)
        rows = truth.settle(out / "truth.raw", reel, footage, history, options.period_ms, truth.strikes_in(out / "trace.jsonl"))
        truth.write(rows, out / "truth.jsonl")
        problems = list(check_truth(footage, truth.produced(rows)))
    log = read_log(out, footage, received, board, options)
    recorded_s = sum(segment_s for _, segment_s, _ in log.recorded)
    pending = log.pending()
    day = Day(
        scenario=scenario.name,
        title=scenario.title,
        board=board["name"],
        seed=options.seed,
        hours=scenario.hours,
        factor=factor,
        recorded_hours=round(recorded_s / _HOUR_S, 2),
        frames={
            "captured": len(rows),
            "recorded": sum(row.fate == "recorded" for row in rows),
            "dropped": truth.causes(rows),
        },
        boots=len(history.ends),
        ends=[end.reason for end in history.ends],
        energy_mwh=round(history.ends[-1].details.get("power", {}).get("used_mwh", 0.0), 1),
        megabytes=round(sum(megabytes for _, _, megabytes in log.recorded), 1),
        backlog_mb=round(sum(megabytes for _, megabytes in pending), 1),
        backlog_hours=round((scenario.judged_s - min(pending)[0]) / _HOUR_S * scenario.squeeze, 2) if pending else 0.0,
        lost_ms_max=truth.lost_ms_max(rows, options.period_ms),
        hottest_c=max((celsius for _, celsius in log.die_c), default=0),
        lowest_percent=min((percent for _, _, percent in log.battery), default=100),
        switches=max(0, len(log.profiles) - 1),
        stored=len(received),
        promises=[],
        real_s=round(history.real_s, 1),
        log=log,
    )
    day.promises = _promises(day, scenario, options, footage, received, problems, rows)
    return day


def _promises(
    day: Day,
    scenario: Scenario,
    options: Options,
    footage: Footage,
    received: list[Kept],
    problems: list[str],
    rows: list[truth.Truth],
) -> list[Promise]:
    interval_ms = int(options.settings.get("commit_interval_ms", 2000)) + options.period_ms
    unexplained = sum(row.fate == truth.UNEXPLAINED for row in rows) + len(problems)
    gone = sum(record.stored for record in footage.journal.values()) - len({kept.key for kept in received})
    worn_h = scenario.worn_s / _HOUR_S
    share = day.recorded_hours / worn_h if worn_h else 1.0
    dropped = sum(frames for cause, frames in day.frames["dropped"].items() if cause != STILL) / max(1, day.frames["captured"])
    fits = math.inf if truth.CARD_FULL not in day.frames["dropped"] else 0
    return [
        Promise("every loss is explained", PASS if not unexplained else FAIL, f"{unexplained} frames or findings that nothing explains"),
        Promise("one fault costs at most the commit interval", _grade(day.lost_ms_max, interval_ms, interval_ms), f"{day.lost_ms_max} ms"),
        Promise("nothing counts as stored that is not", PASS if gone <= 0 else FAIL, f"{len(received)} segments stored"),
        Promise("it records as long as it is worn", _grade(1 - share, 0.02, 0.15), f"{day.recorded_hours:.1f} of {worn_h:.1f} h"),
        Promise("it keeps up with its camera", _grade(dropped, 0.002, 0.02), f"{100 * dropped:.2f} % of the frames dropped"),
        Promise("it stays cool", _grade(day.hottest_c, 75, 90), f"chip at most {day.hottest_c} C"),
        Promise("no power fails under it", PASS if runner.BROWNOUT not in day.ends else FAIL, f"lowest charge {day.lowest_percent} %"),
        Promise(
            "its footage gets home", _grade(day.backlog_hours, 3.0, fits), f"{day.backlog_mb:.0f} MB wait, up to {day.backlog_hours:.1f} h"
        ),
    ]


def _grade(value: float, passes: float, warns: float) -> str:
    return PASS if value <= passes else WARN if value <= warns else FAIL


def fingerprint(out: Path) -> str:
    """The same for the same day and seed."""
    return hashlib.sha256((out / "trace.jsonl").read_bytes()).hexdigest()
