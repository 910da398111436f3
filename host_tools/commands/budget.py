# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog budget`: can this board carry this profile for a day, on paper."""

import json
import math
from dataclasses import asdict
from typing import Any

import rich_click as click

from host_tools import boards
from host_tools.budget import FAIL, PASS, TARGET, WARN, Budget, Check, altered, best, reckon, target
from host_tools.errors import UsageError
from host_tools.options import json_option

CANNOT = 3
_COLOURS = {PASS: "green", WARN: "yellow", FAIL: "red"}
_POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command("budget")
@click.argument("board")
@click.option("--hours", default=14.0, show_default=True, type=click.FloatRange(0, 24, min_open=True), help="How long it records a day.")
@click.option("--radio-hours", default=0.0, show_default=True, type=click.FloatRange(0, 24), help="How long of these it also sends.")
@click.option("--profile", default="", help="Capture profile; the board's default if not given.")
@click.option("--battery-mah", type=_POSITIVE, help="Another cell than the board's.")
@click.option("--charge-ma", type=click.FloatRange(min=0), help="Another charger.")
@click.option("--card-gb", type=_POSITIVE, help="Another card.")
@click.option("--card-kbps", type=_POSITIVE, help="What the card was measured to take, kB/s.")
@click.option("--upload-kbps", type=_POSITIVE, help="What the uplink was measured to take, kB/s.")
@click.option("--sound", is_flag=True, help="With what its microphone hears.")
@json_option
def command(board: str, hours: float, radio_hours: float, profile: str, sound: bool, as_json: bool, **facts: float | None) -> int:
    """Say on paper what a board can carry: its card, radio, battery and heap, and what would help where they cannot.

    Exit code: 0 the profile can be carried (PASS or WARN), 3 it cannot (FAIL).

    Example: daylog budget xiao_esp32s3_sense --hours 14 --profile vga10
    """
    if radio_hours > hours:
        raise UsageError(f"--radio-hours {radio_hours:g} is more than --hours {hours:g}", "it is a part of the hours that are recorded")
    about = altered(boards.load(board), {name: value for name, value in facts.items() if value is not None})
    chosen = reckon(about, profile or about["default_profile"], hours, radio_hours, sound)
    others = [reckon(about, name, hours, radio_hours, sound) for name in about["profiles"]]
    wish = target(about, hours, radio_hours)
    if as_json:
        click.echo(json.dumps({"board": about["name"], "hours": hours, "radio_hours": radio_hours, **shape(chosen, others, wish)}))
    else:
        click.echo(f"{about['title']}, {hours:g} h a day\n")
        show(chosen, others, wish)
    return CANNOT if chosen.verdict == FAIL else 0


def shape(chosen: Budget, others: list[Budget], wish: Budget) -> dict[str, Any]:
    richest = best(others)
    return {
        **_with_checks(chosen),
        "profiles": [_summary(each) for each in others],
        "target": _with_checks(wish),
        "best": richest.profile if richest else None,
    }


def _summary(budget: Budget) -> dict[str, Any]:
    return {
        "profile": budget.profile,
        "verdict": budget.verdict,
        "bottleneck": budget.bottleneck,
        "gb_per_hour": round(budget.gb_per_hour, 3),
    }


def _with_checks(budget: Budget) -> dict[str, Any]:
    return {**_summary(budget), "checks": [{**asdict(check), "strain": _finite(check.strain)} for check in budget.checks]}


def _finite(strain: float) -> float | None:
    """JSON knows no infinity."""
    return round(strain, 3) if math.isfinite(strain) else None


def show(chosen: Budget, others: list[Budget], wish: Budget) -> None:
    title(chosen)
    show_checks(chosen.checks)
    click.echo()
    for each in others:
        title(each)
    click.echo()
    title(wish)
    show_checks([check for check in wish.checks if check.verdict == FAIL])
    click.echo("\n" + conclusion(wish, best(others)))


def title(budget: Budget) -> None:
    click.secho(f"{budget.verdict}  ", fg=_COLOURS[budget.verdict], bold=True, nl=False)
    weakest = "" if budget.verdict == PASS else f"; the bottleneck is the {budget.bottleneck}"
    click.echo(f"{budget.profile}: {budget.gb_per_hour:.2f} GB/h{weakest}")


def show_checks(checks: list[Check]) -> None:
    for check in checks:
        click.secho(f"  {check.verdict}  ", fg=_COLOURS[check.verdict], nl=False)
        click.echo(f"{check.part:12}{check.text}")
        if check.fix:
            click.echo(f"        {'':12}helps: {check.fix}")


def conclusion(wish: Budget, richest: Budget | None) -> str:
    """The two questions everybody asks, in a sentence each."""
    broken = ", ".join(check.part for check in wish.checks if check.verdict == FAIL)
    can = f"This board cannot record {TARGET}: {broken}." if broken else f"On paper this board can record {TARGET}."
    if richest is None:
        return f"{can} None of its profiles lasts the day."
    warnings = ", ".join(check.part for check in richest.checks if check.verdict == WARN)
    return f"{can} What it can carry: {richest.profile}, {richest.gb_per_hour:.2f} GB/h" + (f" (mind: {warnings})." if warnings else ".")
