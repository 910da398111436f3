# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One kill after the other, each on what the one before has left.

    with Campaign(folder, seed=1) as campaign:
        for outcome in campaign.run(200): ...
        problems = campaign.end()

File systems take turns. The seed decides how long the service lives each time, and what the disk loses; not what the service had done by
then, for runs are in real time. So a failure is preserved: the disk as it was before, the calls, and what was known.
"""

import pickle
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from host_tools.card_journal import Key
from sim.crash.checks import Known
from sim.kills.judge import Judge, Kill
from sim.kills.machine import Machine
from sim.kills.victim import TAPE
from sim.linux import tape
from sim.linux.remains import MODELS, History
from sim.world_store import Kept, WorldStore

SHORTEST_S, LONGEST_S, LAST_S = 0.3, 2.0, 3.0
_KEY = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")
_PER_FOLDER = 64


class Outcome(NamedTuple):
    """`lives_s`: how long the service lived; `calls`: how many of its calls change a disk; `again`: a folder with what repeats it."""

    number: int
    model: str
    lives_s: float
    calls: int
    lost_ms: float
    problems: list[str]
    again: Path | None


class Loss(NamedTuple):
    """What is lost at a kill, and what was known until then."""

    model: str
    seed: str
    kill: Kill
    known: Known
    committed: dict[str, Key]

    def judged(self, history: History, judge: Judge, sure: Path, disk: Path) -> list[str]:
        """Leave the folder `disk` as the disk has it, and look at that."""
        history.leave("nothing", self.seed, sure)
        history.leave(self.model, self.seed, disk)
        return judge.after_kill(self.kill, sure, disk)


class Campaign:
    """`folder` becomes that of this campaign: what was in it goes."""

    def __init__(self, folder: Path, seed: int, models: Sequence[str] = tuple(MODELS), sabotage: str = "") -> None:
        self._folder, self._seed, self._models, self._sabotage = folder, seed, models, sabotage
        self._accepted = folder / "store"
        self._store = WorldStore(time.time, self._keep)
        self.objects = 0

    def __enter__(self) -> "Campaign":
        shutil.rmtree(self._folder, ignore_errors=True)
        self._accepted.mkdir(parents=True)
        self._store.__enter__()
        self._machine = Machine(self._folder, self._store.settings, self._sabotage)
        self._judge = Judge(self._machine.reel, self._accepted)
        return self

    def __exit__(self, *error: object) -> None:
        self._store.__exit__(*error)

    def _keep(self, kept: Kept) -> None:
        """An object as it would lie on a card."""
        if named := _KEY.search(kept.key):
            boot, segment = int(named[1]), int(named[2])
            path = self._accepted / f"card/daylog/{boot:06}/{segment // _PER_FOLDER:03}/{segment:06}.mcap"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".new").write_bytes(kept.data)
            path.with_suffix(".new").rename(path)
            self.objects += 1

    def run(self, kills: int) -> Iterator[Outcome]:
        for number in range(1, kills + 1):
            lives_s = Random(f"{self._seed} {number}").uniform(SHORTEST_S, LONGEST_S)
            yield self._kill(number, self._models[number % len(self._models)], lives_s)

    def _kill(self, number: int, model: str, lives_s: float) -> Outcome:
        machine, judge = self._machine, self._judge
        at_ms = machine.run(number, lives_s, kill=True)
        loss = Loss(model, f"{self._seed} {number}", Kill(number, lives_s, at_ms, machine.produced()), judge.known, dict(judge.committed))
        history = machine.history()
        problems = loss.judged(history, judge, self._folder / "sure", machine.disk)
        machine.boots += model != "everything"  # else the machine has gone on
        again = self._preserve(loss) if problems else None
        return Outcome(number, model, lives_s, len(history.effects), judge.fates[-1].lost_ms, problems, again)

    def _preserve(self, loss: Loss) -> Path:
        folder = self._folder / f"kill-{loss.kill.number}"
        shutil.copytree(self._machine.before, folder / "before")
        shutil.copyfile(self._machine.tape, folder / TAPE)
        shutil.copytree(self._accepted, folder / "store")
        (folder / "loss.pickle").write_bytes(pickle.dumps((self._machine.reel, loss)))
        return folder

    def end(self) -> list[str]:
        """A last run, which is not killed: whatever was left undone is done in it."""
        number = len(self._judge.fates) + 1
        at_ms = self._machine.run(number, LAST_S, kill=False)
        return self._judge.at_the_end(Kill(number, LAST_S, at_ms, self._machine.produced()), self._machine.disk, self._folder / "whole")


def again(folder: Path) -> list[str]:
    """The problems of a kill that was preserved."""
    reel, loss = pickle.loads((folder / "loss.pickle").read_bytes())
    judge = Judge(reel, folder / "store")
    judge.known, judge.committed = loss.known, loss.committed
    history = History(folder / "before", tape.read(folder / TAPE))
    return loss.judged(history, judge, folder / "sure", folder / "disk")
