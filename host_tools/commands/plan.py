# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog plan`: what a programme of many recorders costs, and what its first estimate leaves out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools.assumptions import FIELDS, Given, given, read
from host_tools.options import json_option
from host_tools.plan import Plan, reckon
from host_tools.shortfalls import dollars, shortfalls


def assumption_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each figure."""
    for name, entry in reversed(FIELDS.items()):
        about = f"{entry.metadata['unit']}, {entry.default:g}: {entry.metadata['source']}."
        command = click.option("--" + name.replace("_", "-"), type=float, metavar="N", help=about)(command)
    return command


@click.command("plan")
@click.option("--assumptions", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file of figures and their sources.")
@assumption_options
@json_option
def command(assumptions: Path | None, as_json: bool, **options: float | None) -> None:
    """Reckon what a programme costs, from assumptions that can all be changed.

    Example: daylog plan --people 50 --wifi-mbps 40
    """
    figures = given(read(assumptions) if assumptions else {}, {name: value for name, value in options.items() if value is not None})
    plan = reckon(figures.assumptions)
    if as_json:
        click.echo(json.dumps(shape(plan, figures)))
    else:
        show(plan, figures)


def shape(plan: Plan, figures: Given) -> dict[str, Any]:
    """The one JSON object: dollars in whole cents, the rest in the unit that its name ends with."""
    footage, original, traffic = plan.footage, plan.original, plan.traffic
    return {
        "assumptions": figures.as_json(),
        "footage": {
            "hours_per_person": footage.hours_per_person,
            "gb_per_person": footage.gb_per_person,
            "gb_per_person_day": footage.gb_per_person_day,
            "pb": footage.pb,
        },
        "original": {
            "devices_usd": cents(original.devices_usd),
            "storage_usd": cents(original.storage_usd),
            "total_usd": cents(original.total_usd),
            "readings_usd": {words: cents(usd) for words, usd in original.readings.items()},
        },
        "costs": [{"item": c.item, "own_usd": cents(c.own_usd), "hosted_usd": cents(c.hosted_usd), "basis": c.basis} for c in plan.costs],
        "totals": {"own_usd": cents(plan.own_usd), "hosted_usd": cents(plan.hosted_usd)},
        "traffic": {
            "mbps": traffic.mbps,
            "upload_hours_per_day": round(traffic.upload_hours_per_day, 3),
            "mean_gbps": round(traffic.mean_gbps, 3),
            "peak_gbps": round(traffic.peak_gbps, 3),
            "ingest_nodes": traffic.ingest_nodes,
            "requests": round(traffic.requests),
            "read_days": round(traffic.read_days, 1),
        },
        "shortfalls": shortfalls(plan),
    }


def cents(usd: float) -> float:
    return round(float(usd), 2)


def show(plan: Plan, figures: Given) -> None:
    footage, original = plan.footage, plan.original
    click.echo(f"{footage.hours_per_person:,.0f} h and {footage.gb_per_person:,.0f} GB a person, {footage.pb:,.2f} PB in all")
    click.echo(f"\nThe original estimate: {dollars(original.devices_usd)} devices + {dollars(original.storage_usd)} storage", nl=False)
    click.echo(f" = {dollars(original.total_usd)}")
    click.echo("Ways to read it (what the stated $1.37 M was made of is not known):")
    for words, usd in original.readings.items():
        click.echo(f"  {words}: ${usd:,.0f}")
    click.echo(f"\n{'The whole bill, in $':34}{'own store':>14}{'service':>14}")
    for cost in plan.costs:
        click.echo(f"  {cost.item:32}{cost.own_usd:14,.0f}{cost.hosted_usd:14,.0f}  {cost.basis}")
    click.echo(f"  {'total':32}{plan.own_usd:14,.0f}{plan.hosted_usd:14,.0f}")
    click.secho("\nWhere the original estimate falls short", bold=True)
    for line in shortfalls(plan):
        click.echo(f"  - {line}")
    estimates = sum(source.startswith("estimate") for source in figures.sources.values())
    click.echo(f"\n{estimates} of {len(figures.sources)} assumptions are estimates: --help or --json names the source of each.")
