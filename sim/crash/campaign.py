# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cuts by the thousand: of each scenario at each write, in each variant; every one booted and judged.

    with Campaign(["reclaim"], list(VARIANTS)) as campaign:
        cuts = campaign.cuts(seed=1, rounds=1, sample=0)
        for outcome in campaign.run(cuts, processes=2): ...

A scenario is played once; its take goes to the processes as a file.
"""

import pickle
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from sim.crash.bench import Bench, Cut
from sim.crash.checks import Verdict
from sim.crash.scenarios import SCENARIOS
from sim.crash.take import Take, record
from sim.crash.variants import survivors

_BATCH = 16  # neighbours, for they share what was committed before them
_MEMORY = Path("/dev/shm")  # where there is such a thing: cards are built by the thousand


class Outcome(NamedTuple):
    cut: Cut
    verdict: Verdict
    real_s: float


class Campaign:
    def __init__(self, scenarios: Sequence[str], variants: Sequence[str]) -> None:
        self._scenarios, self._variants = scenarios, variants
        self.folder = Path(tempfile.mkdtemp(prefix="daylog-crash-", dir=_MEMORY if _MEMORY.is_dir() else None))
        self.takes: dict[str, Take] = {}

    def __enter__(self) -> "Campaign":
        for name in self._scenarios:
            self.takes[name] = record(SCENARIOS[name], self.folder / "takes" / name)
            (self.folder / f"{name}.take").write_bytes(pickle.dumps(self.takes[name]))
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def cuts(self, seed: int, rounds: int = 1, sample: int = 0) -> list[Cut]:
        """All that differ from others, each variant that leaves a choice `rounds` times; or a sample, the same for the same seed."""
        found = [cut for name in self._scenarios for cut in self._cuts_of(name, seed, rounds)]
        return found if not 0 < sample < len(found) else sorted(Random(seed).sample(found, sample), key=found.index)

    def _cuts_of(self, name: str, seed: int, rounds: int) -> Iterator[Cut]:
        for write in range(len(self.takes[name].tape.writes) + 1):
            for variant in self._variants:
                for number in range(rounds if variant != "prefix" else 1):
                    if survivors(variant, self.takes[name], write, seed + number) is not None:
                        yield Cut(name, write, variant, seed + number)

    def run(self, cuts: Sequence[Cut], processes: int) -> Iterator[Outcome]:
        batches = [(str(self.folder), cuts[at : at + _BATCH]) for at in range(0, len(cuts), _BATCH)]
        if processes == 1:
            for batch in batches:
                yield from _try(batch)
            return
        with ProcessPoolExecutor(processes) as pool:
            for outcomes in pool.map(_try, batches):
                yield from outcomes


@lru_cache(maxsize=1)
def _bench(folder: str, name: str) -> Bench:
    take: Take = pickle.loads((Path(folder) / f"{name}.take").read_bytes())
    return Bench(take, Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder)))


def _try(batch: tuple[str, Sequence[Cut]]) -> list[Outcome]:
    folder, cuts = batch
    outcomes = []
    for cut in cuts:
        started = time.monotonic()
        verdict = _bench(folder, cut.scenario).try_(cut)
        outcomes.append(Outcome(cut, verdict, time.monotonic() - started))
    return outcomes
