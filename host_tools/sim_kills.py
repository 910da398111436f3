# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim kills`: kill the real service at random moments, and see whether anything is lost."""

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rich_click as click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from host_tools.commands.verify import show_list
from host_tools.options import json_option
from host_tools.progress import bar
from host_tools.words import plural
from sim.kills.campaign import Campaign, Outcome, again
from sim.linux.remains import MODELS

_WIDTH = 120


@click.command("kills")
@click.option("--kills", default=200, show_default=True, type=click.IntRange(min=1), metavar="N", help="How often.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same moments and same losses of the disk.")
@click.option("--model", "models", multiple=True, type=click.Choice(list(MODELS)), help="Only this file system; may be repeated.")
@click.option("--out", default="out/kills", show_default=True, type=click.Path(path_type=Path), help="A folder; what was in it goes.")
@click.option("--again", "failed", type=click.Path(path_type=Path, exists=True), metavar="DIR", help="Judge a kill again that failed.")
@json_option
def kills_command(kills: int, seed: int, models: tuple[str, ...], out: Path, failed: Path | None, as_json: bool) -> int:
    """Send SIGKILL to the service of a computer at random moments, in real time, on a disk that loses what was not synced.

    After each kill the disk is put into a state that the file system may leave, and the service started on that.

    Exit code: 0 nothing was lost that must not be, 1 something was.

    Example: daylog sim kills --kills 20 --seed 7
    """
    if failed:
        problems = again(failed)
        show_list("problem", problems)
        return 1 if problems else 0
    started = time.monotonic()
    with Campaign(out, seed, models or tuple(MODELS)) as campaign, bar("killing the service", kills + 1) as advance:
        outcomes = []
        for outcome in campaign.run(kills):
            outcomes.append(outcome)
            advance(1)
        at_the_end = campaign.end()
        advance(1)
    found = as_dict(outcomes, at_the_end, campaign.objects, time.monotonic() - started)
    click.echo(json.dumps(found)) if as_json else show(found, out)
    return 1 if found["failures"] or at_the_end else 0


def as_dict(outcomes: Sequence[Outcome], at_the_end: list[str], objects: int, real_s: float) -> dict[str, Any]:
    failures = [
        {"kill": outcome.number, "command": f"daylog sim kills --again {outcome.again}", "problems": outcome.problems}
        for outcome in outcomes
        if outcome.problems
    ]
    rows = [_row(model, [outcome for outcome in outcomes if outcome.model == model]) for model in MODELS]
    return {
        "kills": len(outcomes),
        "stored": objects,
        "real_s": round(real_s, 1),
        "rows": [row for row in rows if row["kills"]],
        "failures": failures,
        "problems": at_the_end,
    }


def _row(model: str, outcomes: list[Outcome]) -> dict[str, Any]:
    lost_ms = [outcome.lost_ms for outcome in outcomes] or [0]
    return {
        "model": model,
        "kills": len(outcomes),
        "calls": sum(outcome.calls for outcome in outcomes),
        "lost_ms_median": round(statistics.median(lost_ms)),
        "lost_ms_max": round(max(lost_ms)),
        "violations": sum(bool(outcome.problems) for outcome in outcomes),
    }


def show(found: dict[str, Any], out: Path) -> None:
    table = Table("file system", "kills", "changes of the disk", "lost, median", "lost, at most", "violations", box=SIMPLE_HEAD)
    for row in found["rows"]:
        table.add_row(*(f"{value} ms" if name.startswith("lost") else str(value) for name, value in row.items()))
    Console(width=_WIDTH).print(table)
    for failure in found["failures"]:
        click.echo("\n  ".join([failure["command"], *failure["problems"]]))
    show_list("at the end", found["problems"])
    kept = f", {out / 'whole'} is what is left" if found["problems"] else ""
    click.echo(f"{plural(found['kills'], 'kill')}, {plural(found['stored'], 'segment')} stored, {found['real_s']:.0f} s{kept}")
