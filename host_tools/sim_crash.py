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


@dataclass
class Tally:
    """What became of the cuts of each scenario and variant."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)
    real_s: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.real_s[outcome.cut.scenario] += outcome.real_s  # pyright: ignore[reportArgumentType]  a Counter of seconds
        if outcome.problems is not None:
            self.tried[outcome.cut.scenario, outcome.cut.variant] += 1
        if outcome.problems:
            self.failed.append(outcome)

    def violations(self, scenario: str, variant: str) -> int:
        return sum((outcome.cut.scenario, outcome.cut.variant) == (scenario, variant) for outcome in self.failed)


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
    return 1 if tally.failed else 0


def _only(cuts: list[Cut], write: int) -> list[Cut]:
    found = [each for each in cuts if each.write == write]
    if not found:
        raise UsageError(f"--cut {write}: no scenario has so many writes")
    return found


def as_dict(tally: Tally, real_s: float) -> dict[str, Any]:
    rows = [
        {"scenario": scenario, "variant": variant, "cuts": cuts, "violations": tally.violations(scenario, variant)}
        for (scenario, variant), cuts in tally.tried.items()
    ]
    failures = [{"command": each.cut.command, "problems": each.problems} for each in tally.failed]
    return {"cuts": sum(tally.tried.values()), "violations": len(failures), "real_s": round(real_s, 1), "rows": rows, "failures": failures}


def show(tally: Tally, scenarios: Sequence[str], variants: Sequence[str], real_s: float) -> None:
    table = Table("scenario", *variants, "cuts", "violations", "time", title="Power cuts (violations in brackets)")
    for name in scenarios:
        cells = [_cell(tally.tried[name, variant], tally.violations(name, variant)) for variant in variants]
        totals = [sum(tally.tried[name, variant] for variant in variants), sum(tally.violations(name, variant) for variant in variants)]
        table.add_row(name, *cells, *map(str, totals), f"{tally.real_s[name]:.0f} s")
    Console().print(table)
    for outcome in tally.failed[:_SHOWN]:
        click.echo(outcome.cut.command)
        for problem in outcome.problems or ():
            click.echo(f"  {problem}")
    if len(tally.failed) > _SHOWN:
        click.echo(f"... and {len(tally.failed) - _SHOWN} more; --json tells all")
    click.echo(f"{sum(tally.tried.values())} cuts, {len(tally.failed)} violations, {real_s:.0f} s")


def _cell(cuts: int, violations: int) -> str:
    return f"{cuts} ({violations})" if violations else str(cuts)
