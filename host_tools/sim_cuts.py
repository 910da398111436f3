# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim cuts`: cut a simulated computer's power behind every call that changes its disk, and see whether anything is lost."""

import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import rich_click as click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from host_tools.errors import UsageError
from host_tools.options import json_option
from host_tools.progress import bar
from sim.linux.cuts import SCENARIOS, Cut, cuts_of, record, run
from sim.linux.remains import MODELS

_WIDTH = 120


@click.command("cuts")
@click.option("--scenario", "scenarios", multiple=True, type=click.Choice(list(SCENARIOS)), help="Only this one; may be repeated.")
@click.option("--model", "models", multiple=True, type=click.Choice(list(MODELS)), help="Only this file system; may be repeated.")
@click.option("--cut", type=click.IntRange(min=0), metavar="N", help="Only behind call number N, as a failure names it.")
@click.option("--sample", default=0, metavar="N", help="Only N cuts, chosen by the seed; all of them if not given.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same losses.")
@click.option("--processes", default=0, help="How many cuts to try at once; one a core if not given.")
@json_option
def cuts_command(
    scenarios: tuple[str, ...], models: tuple[str, ...], cut: int | None, sample: int, seed: int, processes: int, as_json: bool
) -> int:
    """Cut a simulated computer's power behind every call that changes its disk, boot the recorder on what that leaves, and judge it.

    Exit code: 0 nothing was lost that must not be, 1 something was.

    Example: daylog sim cuts --scenario recovery --sample 100
    """
    started = time.monotonic()
    tried, broken, failures = Counter[tuple[str, str]](), Counter[tuple[str, str]](), []
    with tempfile.TemporaryDirectory(prefix="daylog-cuts-") as name:
        takes = [record(SCENARIOS[scenario], Path(name) / scenario) for scenario in scenarios or SCENARIOS]
        chosen = _chosen([each for take in takes for each in cuts_of(take, models or MODELS, seed)], cut, sample, seed)
        with bar("cutting the power", len(chosen)) as advance:
            for each, problems in run(takes, chosen, Path(name), processes or os.cpu_count() or 1):
                advance(1)
                tried[each.scenario, each.model] += 1
                if problems:
                    broken[each.scenario, each.model] += 1
                    failures.append({"command": each.command, "problems": problems})
    rows = [{"scenario": place[0], "model": place[1], "cuts": count, "violations": broken[place]} for place, count in tried.items()]
    found = {"cuts": len(chosen), "violations": len(failures), "real_s": round(time.monotonic() - started, 1), "rows": rows}
    click.echo(json.dumps({**found, "failures": failures})) if as_json else show(found, failures)
    return 1 if failures else 0


def _chosen(cuts: list[Cut], call: int | None, sample: int, seed: int) -> list[Cut]:
    found = [cut for cut in cuts if call in (None, cut.call)]
    if not found:
        raise UsageError(f"--cut {call}: no scenario has so many calls")
    return found if not 0 < sample < len(found) else sorted(Random(seed).sample(found, sample), key=found.index)


def show(found: dict[str, Any], failures: list[dict[str, Any]]) -> None:
    table = Table("", *MODELS, "violations", box=SIMPLE_HEAD)
    for scenario in dict.fromkeys(row["scenario"] for row in found["rows"]):
        rows = {row["model"]: row for row in found["rows"] if row["scenario"] == scenario}
        cuts = [str(rows[model]["cuts"]) if model in rows else "0" for model in MODELS]
        table.add_row(scenario, *cuts, str(sum(row["violations"] for row in rows.values())))
    Console(width=_WIDTH).print(table)
    for failure in failures[:20]:
        click.echo("\n  ".join([failure["command"], *failure["problems"]]))
    click.echo(f"{found['cuts']} cuts, {found['violations']} violations, {found['real_s']:.0f} s")
