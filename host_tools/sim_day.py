# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim day`, `compare` and `sweep`: whole days in virtual time, judged and drawn."""

import csv
import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import rich_click as click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from host_tools.clips import BOARD
from host_tools.day_report import FIGURES
from host_tools.errors import UsageError
from host_tools.options import json_option
from host_tools.progress import bar, up_to
from sim.day import FAIL, PASS, Day, play
from sim.options import find_board
from sim.scenario import Scenario, load, names
from sim.shell import signals_end_it

_COLOURS = {PASS: "green", "WARN": "yellow", FAIL: "red"}
_BATTERY = ("capacity_mah", "charge", "age", "resistance_milliohm", "brownout_mv", "percent")
_AS_ONE_SAYS = {"battery_mah": "capacity_mah"}

_board = click.option("--board", default=BOARD, show_default=True, help="Name of a board, or a folder with a board.toml.")
_hours = click.option("--hours", type=click.FloatRange(min=0, min_open=True), help="Only the beginning of the day.")
_squeeze = click.option(
    "--squeeze",
    default=1.0,
    show_default=True,
    type=click.FloatRange(1, 20),
    help="Let all that happens in the day happen so many times as soon.",
)
_full = click.option("--full", is_flag=True, help="With the full payload: frames as large as the board's, and about six times slower.")
_changes = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=JSON",
    help="A setting of the recorder, as governor=false, or of its battery, as battery_mah=1500; may be repeated.",
)
_out = click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where report.html, report.png and the run's files go.")


@click.command("day")
@click.argument("scenario")
@_board
@click.option("--seed", type=int, help="Same seed, same day.")
@_hours
@_squeeze
@_full
@_changes
@_out
@json_option
def day_command(
    scenario: str,
    board: str,
    seed: int | None,
    hours: float | None,
    squeeze: float,
    full: bool,
    changes: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> int:
    """Wear a simulated recorder for a scenario's day, and judge what came of it.

    SCENARIO is a name (`daylog sim scenarios` lists them) or a TOML file. Exit code: 0 PASS or WARN, 1 FAIL.

    Example: daylog sim day weak_battery --out out/weak
    """
    chosen, settings = _apart(load(scenario, hours, squeeze), {name: value for name, (value, *_) in map(_values, changes)})
    folder = _folder(out)
    day = wear(chosen, board, folder, seed, settings, full)
    report([day], folder, with_picture=True)
    if as_json:
        click.echo(json.dumps(day.as_json()))
    else:
        show(day)
        click.echo(f"report: {folder / 'report.html'}")
    return 1 if day.verdict == FAIL else 0


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True)
@_board
@click.option("--seed", type=int, help="Same seed, same days.")
@_hours
@_squeeze
@_out
@json_option
def compare_command(
    scenarios: tuple[str, ...], board: str, seed: int | None, hours: float | None, squeeze: float, out: Path | None, as_json: bool
) -> int:
    """Wear a recorder through two or more scenarios, and put them side by side.

    Example: daylog sim compare mine.toml weak_battery --out out/compared
    """
    folder = _folder(out)
    days = [
        wear(load(name, hours, squeeze), board, folder / f"{number}-{Path(name).stem}", seed) for number, name in enumerate(scenarios, 1)
    ]
    report(days, folder, with_picture=False)
    if as_json:
        click.echo(json.dumps([day.as_json() for day in days]))
    else:
        _compared(days)
        click.echo(f"report: {folder / 'report.html'}")
    return 1 if any(day.verdict == FAIL for day in days) else 0


@click.command("sweep")
@click.argument("scenario")
@_board
@click.option("--vary", "varied", multiple=True, required=True, metavar="NAME=A,B,…", help="Of the battery or the recorder's settings.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="How many seeds to try for each.")
@click.option(
    "--thin", default=1, show_default=True, type=click.IntRange(1, 10), help="With every so many-th frame only, for questions of hours."
)
@_hours
@_squeeze
@json_option
def sweep_command(
    scenario: str, board: str, varied: tuple[str, ...], seeds: int, thin: int, hours: float | None, squeeze: float, as_json: bool
) -> int:
    """Wear a recorder through the same day again and again, changing one thing or several: a table as CSV, or as JSON.

    Example: daylog sim sweep weak_battery --vary battery_mah=1500,2000,2500 --vary governor=true,false --seeds 3
    """
    rows = list(sweep(load(scenario, hours, squeeze), board, [_values(text) for text in varied], seeds, thin))
    if as_json:
        click.echo(json.dumps(rows))
    else:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


@click.command("scenarios")
def scenarios_command() -> None:
    """List the scenarios.

    Example: daylog sim day office_day
    """
    for name in names():
        scenario = load(name)
        click.echo(f"{name:16}  {scenario.data['hours']:g} h  {scenario.title}")


# -- for scripts -----------------------------------------------------------------------------------


def wear(
    scenario: Scenario,
    board: str,
    out: Path,
    seed: int | None = None,
    settings: dict[str, Any] | None = None,
    full: bool = False,
    thin: int = 1,
) -> Day:
    """One day, with a progress bar on a terminal. Raises DaylogError."""
    with signals_end_it(), bar(f"wearing it: {scenario.title}", scenario.seconds) as advance:
        return play(scenario, find_board(board), out, seed, settings, full, thin, up_to(scenario.seconds, advance))


def sweep(scenario: Scenario, board: str, varied: list[tuple[str, list[Any]]], seeds: int, thin: int = 1) -> Iterator[dict[str, Any]]:
    """A row a day: what was varied, and what came of it. Raises DaylogError."""
    for values in itertools.product(*(values for _, values in varied)):
        chosen = dict(zip((name for name, _ in varied), values, strict=True))
        changed, settings = _apart(scenario, chosen)
        for seed in range(1, seeds + 1):
            with tempfile.TemporaryDirectory() as scratch:
                day = wear(changed, board, Path(scratch) / "day", seed, settings, thin=thin)
            figures: dict[str, Callable[[Day], str]] = dict(FIGURES)
            yield {
                **chosen,
                "seed": seed,
                "verdict": day.verdict,
                **{name: value(day) for name, value in figures.items()},
                "ends": " ".join(day.ends[:4]),
            }


def report(days: list[Day], folder: Path, with_picture: bool) -> None:
    """report.html, and for one day report.png. matplotlib takes a second to load: only here."""
    from host_tools.day_plot import save
    from host_tools.day_report import write

    folder.mkdir(parents=True, exist_ok=True)
    write(days, folder / "report.html")
    if with_picture:
        save(days[0], folder / "report.png")


def show(day: Day) -> None:
    table = Table(
        "", "promise", "", title=f"{day.title}: {day.hours:g} h on {day.board}, seed {day.seed}", title_justify="left", box=SIMPLE_HEAD
    )
    for promise in day.promises:
        table.add_row(f"[{_COLOURS[promise.verdict]}]{promise.verdict}[/]", promise.name, promise.said)
    Console().print(table)
    payload = "" if day.factor == 1 else f", payload reduced {day.factor:g} times"
    click.echo(f"{day.recorded_hours:.1f} h recorded, {day.energy_mwh:.0f} mWh; {day.real_s:.0f} s of real time{payload}")
    click.secho(day.verdict, fg=_COLOURS[day.verdict], bold=True)


def _compared(days: list[Day]) -> None:
    table = Table("", *(f"{day.scenario}" for day in days), box=SIMPLE_HEAD)
    table.add_row("verdict", *(f"[{_COLOURS[day.verdict]}]{day.verdict}[/]" for day in days))
    for name, value in FIGURES:
        table.add_row(name, *(value(day) for day in days))
    Console().print(table)


# -- what was asked for ----------------------------------------------------------------------------


def _folder(out: Path | None) -> Path:
    return out or Path(tempfile.gettempdir()) / f"daylog-day-{token_hex(8)}"


def _values(text: str) -> tuple[str, list[Any]]:
    name, equals, values = text.partition("=")
    if not equals or not values:
        raise UsageError(f"{text} is not NAME=VALUE", "write governor=false, or battery_mah=1500,2000")
    return name, [_value(value) for value in values.split(",")]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _apart(scenario: Scenario, chosen: dict[str, Any]) -> tuple[Scenario, dict[str, Any]]:
    """What is of the battery belongs to the world, the rest to the recorder's settings."""
    named = {_AS_ONE_SAYS.get(name, name): value for name, value in chosen.items()}
    battery = {name: value for name, value in named.items() if name in _BATTERY}
    data = {**scenario.data, "battery": {**scenario.data.get("battery", {}), **battery}}
    return replace(scenario, data=data), {name: value for name, value in named.items() if name not in _BATTERY}
