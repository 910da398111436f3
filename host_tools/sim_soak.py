# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim soak`: days of a wearer with random faults from a seed; at the end every frame must be accounted for."""

import json
import tempfile
from pathlib import Path
from secrets import token_hex

import rich_click as click
from rich.console import Console
from rich.table import Table

from host_tools.clips import clip
from host_tools.commands.verify import show_list
from host_tools.options import json_option
from host_tools.progress import bar, up_to
from sim.shell import signals_end_it
from sim.soak import SoakResult, soak
from sim.week import DAY_S


@click.command("soak")
@click.option("--seed", required=True, type=int, help="Same seed, same days.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 31), help="How many.")
@click.option("--day-seconds", default=DAY_S, show_default=True, help="With less, what happens in a day happens in that.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Where card.img, console.log, trace.jsonl and truth.jsonl go."
)
@json_option
def soak_command(seed: int, days: int, day_seconds: float, out: Path | None, as_json: bool) -> int:
    """Wear a simulated recorder for days: power cuts, a failing card, accidents in the firmware, Wi-Fi now and then.

    Example: daylog sim soak --seed 1
    """
    out = out or Path(tempfile.gettempdir()) / f"daylog-soak-{token_hex(8)}"
    with signals_end_it(), bar("wearing it", days * day_seconds) as advance:
        result = soak(seed, days, out, clip(), day_seconds, up_to(days * day_seconds, advance))
    if as_json:
        click.echo(json.dumps(result.as_json()))
    else:
        show(result)
    return 0 if result.ok else 1


def show(result: SoakResult) -> None:
    table = Table("what", "how much", title=f"seed {result.seed}: {result.days:g} days", title_justify="left")
    frames = result.frames
    rows = {
        "boots": _counted(result.boots, {f"ended by {reason}": n for reason, n in result.ends.items()}),
        "card faults planned": _counted(sum(result.faults.values()), result.faults),
        "accidents in the firmware": _counted(sum(result.accidents.values()), result.accidents),
        "refusals and moods of the store": _counted(sum(result.refusals.values()), result.refusals),
        "segments": ", ".join(f"{n} {where}" for where, n in result.segments.items()),
        "frames captured": f"{frames['captured']:,}",
        "frames recorded": f"{frames['recorded']:,}",
        "frames lost, explained": _counted(sum(frames["dropped"].values()) - result.unexplained, frames["dropped"]),
        "frames lost, unexplained": str(result.unexplained),
        "most footage lost to one fault": f"{result.lost_ms_max} ms",
        "real time": f"{result.real_s:.0f} s, with footage reduced {result.factor:g} times",
    }
    for row in rows.items():
        table.add_row(*row)
    Console().print(table)
    click.secho("ok" if result.ok else "NOT OK", fg="green" if result.ok else "red", bold=True)
    show_list("problem", result.problems)


def _counted(total: int, parts: dict[str, int]) -> str:
    return f"{total:,}" + (f": {', '.join(f'{n} {what}' for what, n in parts.items())}" if parts else "")
