# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim crash`: cut the power at every write, and see whether anything is lost."""

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import rich_click as click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from host_tools.errors import UsageError
from host_tools.options import json_option
from host_tools.progress import bar
from sim.crash.bench import Cut
from sim.crash.campaign import Campaign, Outcome
from sim.crash.scenarios import SCENARIOS
from sim.crash.variants import VARIANTS

_SHOWN = 20  # failures
_WIDTH = 120
Place = tuple[str, str]  # scenario, variant


@dataclass
class Tally:
    """What became of the cuts: numbers by scenario and variant."""

    tried: Counter[Place] = field(default_factory=Counter)
    carve: Counter[Place] = field(default_factory=Counter)
    forgot: Counter[Place] = field(default_factory=Counter)
    broken: Counter[Place] = field(default_factory=Counter)
    failures: list[tuple[str, list[str]]] = field(default_factory=list)  # what replays it, what is wrong
    real_s: dict[str, float] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        cut, verdict = outcome.cut, outcome.verdict
        place = cut.scenario, cut.variant
        self.real_s[cut.scenario] = self.real_s.get(cut.scenario, 0) + outcome.real_s
        self.tried[place] += 1
        self.carve[place] += verdict.degraded == "carve"
        self.forgot[place] += verdict.degraded == "forgot"
        if verdict.problems:
            self.broken[place] += 1
            self.failures.append((cut.command, verdict.problems))


@click.command("crash")
@click.option("--scenario", "scenarios", multiple=True, type=click.Choice(sorted(SCENARIOS)), help="Only this one; may be repeated.")
@click.option("--variant", "variants", multiple=True, type=click.Choice(list(VARIANTS)), help="Only this one; may be repeated.")
@click.option("--cut", type=click.IntRange(min=0), metavar="N", help="Only at write number N, as a failure names it.")
@click.option("--sample", default=0, metavar="N", help="Only N cuts, chosen by the seed; all of them if not given.")
@click.option("--rounds", default=1, show_default=True, help="How often to try each variant that leaves a choice.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same cuts.")
@click.option("--processes", default=0, help="How many cuts to try at once; one a core if not given.")
@json_option
def crash_command(
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    cut: int | None,
    sample: int,
    rounds: int,
    seed: int,
    processes: int,
    as_json: bool,
) -> int:
    """Cut the simulated board's power at every write, boot the firmware on what that leaves, and judge the card.

    Exit code: 0 nothing was lost that must not be, 1 something was.

    Example: daylog sim crash --scenario rotation --sample 200
    """
    chosen, ways = list(scenarios or SCENARIOS), list(variants or VARIANTS)
    started = time.monotonic()
    tally = Tally()
    with Campaign(chosen, ways) as campaign:
        cuts = campaign.cuts(seed, rounds, sample)
        if cut is not None:
            cuts = _only(cuts, cut)
        with bar("cutting the power", len(cuts)) as advance:
            for outcome in campaign.run(cuts, processes or os.cpu_count() or 1):
                tally.add(outcome)
                advance(1)
    real_s = time.monotonic() - started
    if as_json:
        click.echo(json.dumps(as_dict(tally, real_s)))
    else:
        show(tally, chosen, ways, real_s)
    return 1 if tally.failures else 0


def _only(cuts: list[Cut], write: int) -> list[Cut]:
    found = [each for each in cuts if each.write == write]
    if not found:
        raise UsageError(f"--cut {write}: no scenario has so many writes")
    return found


def as_dict(tally: Tally, real_s: float) -> dict[str, Any]:
    columns = {"cuts": tally.tried, "carve": tally.carve, "forgot": tally.forgot, "violations": tally.broken}
    rows = [
        {"scenario": place[0], "variant": place[1], **{name: counts[place] for name, counts in columns.items()}} for place in tally.tried
    ]
    failures = [{"command": command, "problems": problems} for command, problems in tally.failures]
    totals = {name: sum(counts.values()) for name, counts in columns.items()}
    return {**totals, "real_s": round(real_s, 1), "rows": rows, "failures": failures}


def show(tally: Tally, scenarios: Sequence[str], variants: Sequence[str], real_s: float) -> None:
    table = Table("", *variants, "all cuts", "carve", "forgot", "violations", "time", box=SIMPLE_HEAD)
    for name in scenarios:
        places = [(name, variant) for variant in variants]
        counts = [tally.tried[place] for place in places]
        sums = [sum(column[place] for place in places) for column in (tally.tried, tally.carve, tally.forgot, tally.broken)]
        table.add_row(name, *map(str, counts), *map(str, sums), f"{tally.real_s.get(name, 0):.0f} s")
    Console(width=_WIDTH).print(table)
    for command, problems in tally.failures[:_SHOWN]:
        click.echo("\n  ".join([command, *problems]))
    if len(tally.failures) > _SHOWN:
        click.echo(f"... and {len(tally.failures) - _SHOWN} more; --json tells all")
    click.echo("carve: a part of the footage is found by `daylog recover --carve` only. forgot: what was stored is sent again.")
    click.echo(f"{sum(tally.tried.values())} cuts, {len(tally.failures)} violations, {real_s:.0f} s")
