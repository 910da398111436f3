# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One cut: the memories are put in the state it leaves, the firmware boots on them, and what is then on the card is judged.

bench = Bench(take, folder)
bench.try_(Cut("reclaim", 143, "torn", seed=7))
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from host_tools.errors import DaylogError
from host_tools.footage import Footage, load
from host_tools.sources import Source, open_source
from sim.crash.checks import Case, Known, Verdict, judge
from sim.crash.stage import Boot, Stage
from sim.crash.take import Take, options_of
from sim.crash.tape import Patch
from sim.crash.variants import survivors

SPOILING = ("torn", "unreadable")


class Cut(NamedTuple):
    """Power is cut during write number `write` of a scenario; `seed` decides where `variant` leaves a choice."""

    scenario: str
    write: int
    variant: str
    seed: int

    @property
    def command(self) -> str:
        """What replays it."""
        return f"daylog sim crash --scenario {self.scenario} --cut {self.write} --variant {self.variant} --seed {self.seed}"


class Bench:
    """Where the cuts of one take are tried, one after the other."""

    def __init__(self, take: Take, folder: Path) -> None:
        self._take = take
        self.stage = Stage(folder, options_of(take.scenario, folder))
        self._committed = folder / "committed.img"
        self._known_at = lru_cache(maxsize=2)(self._read_known)
        self._first = self._read_known(0)

    def try_(self, cut: Cut) -> Verdict:
        """What is wrong after a cut and the boot after it."""
        self._take.leave(survivors(cut.variant, self._take, cut.write, cut.seed) or [], self.stage)
        boot = self.stage.boot(seconds=self._take.scenario.after_seconds, typed=list(self._take.scenario.after), power=None)
        try:
            with open_source(self.stage.card) as source:
                return judge(self._case(cut, boot, load(source, hashes=True)))
        except DaylogError as error:
            return judge(self._case(cut, boot, _nothing(self.stage.card, error)))

    def _case(self, cut: Cut, boot: Boot, footage: Footage) -> Case:
        take, tape = self._take, self._take.tape
        log_bytes = tape.writes[cut.write].log_bytes if cut.write < len(tape.writes) else tape.log_bytes
        return Case(
            first=self._first,
            known=self._known_at(tape.synced(cut.write)),
            produced=take.frames_until(tape.now_us(cut.write)),
            taped_boot=take.boot,
            interval_ms=take.scenario.interval_ms,
            accepted=frozenset(key for key, accepted_at in take.accepted.items() if accepted_at <= log_bytes),
            wiped=cut.write >= take.wiped_from,
            spoilt=cut.variant in SPOILING,
            boot=boot,
            card=self.stage.card,
            footage=footage,
        )

    def _read_known(self, synced: int) -> Known:
        """What is on the card for good once so many writes are."""
        self._take.build_card((Patch(*write[:3]) for write in self._take.tape.writes[:synced]), self._committed)
        try:
            with open_source(self._committed) as source:
                return Known.of(load(source, hashes=True))
        except DaylogError as error:  # it is being formatted
            return Known.of(_nothing(self._committed, error))


def _nothing(card: Path, error: DaylogError) -> Footage:
    """What is on a card that cannot be read."""
    return Footage(Source(str(card), "card image", [], problems=[error.message]), [], {})
