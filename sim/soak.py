# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Seven days of a wearer, with random faults from a seed; at the end every frame must be accounted for.

    result = soak(seed=1, days=7, out=Path("out/soak-1"))
    print(result.verdict, result.unexplained, result.frames)

The real firmware, power cuts, a failing card, accidents inside the firmware, and the world's store, to which footage is
sent and which keeps of it what is needed to judge it: the card is too small for a week. The footage is reduced: small
pictures, few a second; `FACTOR` says by how much. All that is per commit, segment, upload or boot is not.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from host_tools.checks import CHECKS, check_journal
from host_tools.clips import BOARD
from host_tools.footage import Footage, Segment, load
from host_tools.sources import Source, StoredFile, open_source
from host_tools.truth import check_truth, read_truth
from host_tools.verify import judge
from sim import runner, truth
from sim.image import ROOT
from sim.options import Options, find_board
from sim.week import DAY_S, Week, draw
from sim.world import FIXED_UTC_MS, tidied
from sim.world_store import Kept, Mood, WorldStore

PROFILE = {"size": "QQVGA", "width": 160, "height": 120, "fps": 2, "quality": 80, "grab": "WHEN_EMPTY", "fb_bytes": 6000}
PROFILE |= {"expected_kb_per_frame": 2, "chunk_bytes": 65536, "current_ma": 165}
FACTOR = 10 * 33 / (2 * 2)  # 10 frames of 33 KB a second, as the board's own profile has it, against 2 of 2 KB
CARD_LEFT_MB = 600  # less than three days: from then on the card is full of what is stored
DRAIN_S = 7200.0
ACCIDENTS = (ROOT / "sim" / "device" / "accidents.py").read_text()


@dataclass
class SoakResult:
    """`unexplained`: frames that nothing accounts for. `problems`: everything that is not as it must be."""

    ok: bool
    seed: int
    days: float
    factor: float
    boots: int
    ends: dict[str, int]
    cuts: int
    faults: dict[str, int]
    accidents: dict[str, int]
    refusals: dict[str, int]
    frames: dict[str, Any]
    unexplained: int
    lost_ms_max: int
    segments: dict[str, int]
    real_s: float
    trace_sha256: str
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Archive:
    """What the world's store has received: of each object its SHA-256 and its segment, without the pictures."""

    def __init__(self) -> None:
        self.segments: dict[tuple[int, int], Segment] = {}
        self.sha256: dict[tuple[int, int], str] = {}
        self.problems: list[str] = []

    def keep(self, kept: Kept) -> None:
        file = StoredFile(kept.key, len(kept.data), lambda: io.BytesIO(kept.data))
        segment = load(Source("the world's store", "segment", [file]), hashes=True).segments[0]
        segment.file = StoredFile(kept.key, len(kept.data), _forgotten)
        key = segment.boot, segment.number
        if self.sha256.setdefault(key, kept.sha256) != kept.sha256:
            self.problems.append(f"boot {segment.boot}, segment {segment.number} was sent twice, with different bytes")
        self.segments[key] = segment


def _forgotten() -> io.BytesIO:
    raise OSError("the world's store keeps no pictures")


def soak(
    seed: int, days: int, out: Path, video: Path, day_s: float = DAY_S, progress: Callable[[float], None] = lambda s: None
) -> SoakResult:
    """One soak. Raises DaylogError."""
    week, archive = draw(seed, days, day_s), Archive()
    with WorldStore(lambda: FIXED_UTC_MS / 1000 + runner.virtual_s(out / "trace.jsonl"), archive.keep) as store:
        store.moods = [Mood(FIXED_UTC_MS / 1000 + from_s, FIXED_UTC_MS / 1000 + to_s, kind) for from_s, to_s, kind in week.moods]
        options = _options(week, seed, out, video, store)
        with tidied(out):
            world = runner.prepare(options)
            history = runner.play(options, world, progress)
            return _conclude(options, week, world.reel, history, archive, store)


def _options(week: Week, seed: int, out: Path, video: Path, store: WorldStore) -> Options:
    board = find_board(BOARD)
    board["profiles"]["soak"] = PROFILE
    return Options(
        board=board,
        video=video,
        seconds=week.seconds,
        out=out,
        profile="soak",
        power_cuts=week.cuts,
        keep_unsynced=bool(seed % 2),
        wifi_windows=week.wifi,
        store=store.settings,
        seed=seed,
        typed=week.typed,
        settings={"segment_ms": week.segment_ms, "part_bytes": 5 << 20},
        drain_seconds=DRAIN_S,
        faults=[{"kind": "full", "value": CARD_LEFT_MB}, *week.faults],
        wakes=week.wakes,
        utc_at_zero_ms=FIXED_UTC_MS,
        before_main=ACCIDENTS,
    )


# -- the verdict -----------------------------------------------------------------------------------


def _conclude(options: Options, week: Week, reel: Path, history: runner.History, archive: Archive, store: WorldStore) -> SoakResult:
    out = options.out
    with open_source(out / "card.img") as source:
        card = load(source, hashes=True)
        footage = together(card, archive)
        strikes = truth.strikes_in(out / "trace.jsonl")
        rows = truth.settle(out / "truth.raw", reel, footage, history, options.period_ms, strikes)
        truth.write(rows, out / "truth.jsonl")
        problems = [*_problems(card, footage, archive), *check_truth(footage, read_truth(out / "truth.jsonl"))]
    if history.ends[-1].reason != runner.ASLEEP:
        problems.append(f"the last boot ended with {history.ends[-1].reason}")
    causes = truth.causes(rows)
    unexplained = sum(row.fate == truth.UNEXPLAINED for row in rows)
    states = Counter(record.state for record in card.journal.values())
    return SoakResult(
        ok=not problems and not unexplained and judge(footage, problems).verdict != "damaged",
        seed=options.seed,
        days=week.seconds / DAY_S,
        factor=FACTOR,
        boots=len(history.ends),
        ends=dict(Counter(end.reason for end in history.ends)),
        cuts=sum(end.reason == "cut" for end in history.ends),
        faults=dict(Counter(fault["kind"] for fault in week.faults)),
        accidents=_accidents(out / "console.log"),
        refusals=store.refused,
        frames={"captured": len(rows), "recorded": sum(row.fate == "recorded" for row in rows), "dropped": causes},
        unexplained=unexplained,
        lost_ms_max=truth.lost_ms_max(rows, options.period_ms),
        segments={"stored": len(archive.segments), "on_card": len(card.segments), "pending": states["closed"] + states["set_aside"]},
        real_s=round(history.real_s, 1),
        trace_sha256=hashlib.sha256((out / "trace.jsonl").read_bytes()).hexdigest(),
        problems=problems,
    )


def together(card: Footage, archive: Archive) -> Footage:
    """Everything that was recorded: what is on the card, and what is in the store and no longer on the card."""
    segments = {**archive.segments, **{(s.boot, s.number): s for s in card.segments}}
    return Footage(card.source, [segments[key] for key in sorted(segments)], card.journal)


def _problems(card: Footage, footage: Footage, archive: Archive) -> list[str]:
    found = [problem for check in CHECKS if check is not check_journal for problem in check(footage)]
    found += [*check_journal(card), *archive.problems]
    for (boot, number), record in card.journal.items():
        stored = archive.sha256.get((boot, number))
        if record.stored and stored is None:
            found.append(f"boot {boot}, segment {number} is stored by the journal, and the store does not have it")
        elif record.stored and record.sha256 not in ("", stored):
            found.append(f"boot {boot}, segment {number}: the store has other bytes than the journal says")
    return found


def _accidents(console: Path) -> dict[str, int]:
    lines = console.read_text(errors="replace").splitlines()
    return dict(Counter(line.partition("accident: ")[2] for line in lines if "accident: " in line))
