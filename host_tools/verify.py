# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Judge a recording: is every frame there, and is each one that is not there accounted for?

    report = verify("card.img", truth="truth.jsonl")
    print(report.verdict, report.problems)

A gap that the recorder wrote down
is a loss explained; a hole in the sequence numbers without one, or a byte that is not what it should be, is a problem.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from host_tools.audit import missing
from host_tools.checks import CHECKS
from host_tools.dating import date, row
from host_tools.errors import DaylogError
from host_tools.footage import Footage, load
from host_tools.losses import gaps_beside, gaps_of
from host_tools.sources import StoredFile, open_source
from host_tools.timeline import lay_out
from host_tools.truth import check_truth, read_truth

EXIT_CODES = {"lossless": 0, "lossy": 3, "damaged": 4}


class NothingThere(DaylogError):
    """The source holds no segment at all."""


@dataclass(frozen=True)
class Report:
    """The verdict on a recording, in the shape of `daylog verify --json`."""

    verdict: str
    segments: int
    frames: int
    duration_s: float
    gaps: list[dict[str, Any]] = field(default_factory=list)
    dates: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    sound_s: float = 0  # for how long something was heard
    beside: dict[str, int] = field(default_factory=dict)  # frames of the streams beside the camera, by name

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]


def verify(
    where: str | Path,
    store_file: str | Path | None = None,
    truth: str | Path | None = None,
    watch: Callable[[list[StoredFile]], Iterable[StoredFile]] = iter,
) -> Report:
    """Verify a card, a folder, a segment or a store; with `truth`, against every frame the camera produced; a card with
    `store_file`, against what its store lists."""
    produced = read_truth(truth) if truth else None
    with open_source(where, store_file) as source:
        if not source.segments:
            raise NothingThere(f"{where} holds no segments", "has anything been recorded there?")
        footage = load(source, hashes=produced is not None, watch=watch)
        found = (check(recorder) for recorder in footage.by_device() for check in CHECKS)
        problems = [*chain.from_iterable(found), *source.problems]
        if store_file and footage.journal:
            problems += missing(footage.journal, store_file)
        if produced is not None:
            problems += check_truth(footage, produced)
    return judge(footage, problems)


def judge(footage: Footage, problems: list[str]) -> Report:
    """Explained losses make a recording lossy; anything unexplained makes it damaged."""
    recorders = footage.by_device()
    gaps = [gap for recorder in recorders for gap in (*gaps_of(recorder), *gaps_beside(recorder))]
    duration_ns = sum(lay_out(recorder).duration_ns for recorder in recorders)
    return Report(
        verdict="damaged" if problems else "lossy" if gaps else "lossless",
        segments=len(footage.segments),
        frames=footage.frame_count,
        duration_s=round(duration_ns / 1e9, 3),
        sound_s=round(sum(segment.sound_ns for segment in footage.segments) / 1e9, 3),
        gaps=[asdict(gap) for gap in gaps],
        dates=[row(boot, dating) for recorder in recorders for boot, dating in date(recorder.boots).items()],
        problems=problems,
        beside={name: footage.of_stream(name).frame_count for name in footage.streams},
    )
