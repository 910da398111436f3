# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim`: the simulated board, run to an end or by hand."""

import json
import tempfile
from pathlib import Path
from secrets import token_hex
from typing import Any

import rich_click as click

from host_tools.boards import is_computer
from host_tools.commands.verify import show_list
from host_tools.errors import UsageError
from host_tools.options import json_option
from host_tools.progress import bar, up_to
from host_tools.sim_board import board_command, firmware_command
from host_tools.sim_crash import crash_command
from host_tools.sim_cuts import cuts_command
from host_tools.sim_day import compare_command, day_command, scenarios_command, sweep_command
from host_tools.sim_kills import kills_command
from host_tools.sim_shell import shell_command
from host_tools.sim_soak import soak_command
from sim import computer, faults, reel, runner
from sim.options import Options, find_board
from sim.result import Result, conclude
from sim.shell import signals_end_it
from sim.world import recorder_store, tidied


class FaultSpec(click.ParamType):
    """What is wrong with the card or the computer, and when."""

    name = "SPEC"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> faults.Fault:
        return faults.parse(str(value))


class Typed(click.ParamType):
    """T:TEXT, something typed at the console at a virtual second."""

    name = "T:TEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, str]:
        at, colon, text = str(value).partition(":")
        try:
            return float(at), text if colon else self.fail(f"{value} has no colon; write 12.5:status", param, ctx)
        except ValueError:
            self.fail(f"{at} is not a number of seconds", param, ctx)


@click.group("sim")
def command() -> None:
    """Boot a simulated board: the real firmware on a real MicroPython."""


command.add_command(shell_command)
command.add_command(board_command)
command.add_command(firmware_command)
command.add_command(crash_command)
command.add_command(kills_command)
command.add_command(cuts_command)
command.add_command(soak_command)
command.add_command(day_command)
command.add_command(compare_command)
command.add_command(sweep_command)
command.add_command(scenarios_command)


@command.command("run")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("--video", required=True, type=click.Path(path_type=Path), help="What the camera sees; it loops.")
@click.option("--seconds", required=True, type=float, help="How long to record, in virtual seconds.")
@click.option("--profile", default="", help="Capture profile; the board's default if not given.")
@click.option("--power-cut", "power_cuts", multiple=True, type=float, metavar="T", help="Cut the power then; may be repeated.")
@click.option(
    "--fault",
    "bad_card",
    multiple=True,
    type=FaultSpec(),
    help="A bad card, as stall=5@10, gone@10-15, write-error#100 or fat; may be repeated. `daylog sim faults` lists them.",
)
@click.option("--keep-unsynced", is_flag=True, help="Let a cut leave a part of what the card was not yet told to keep.")
@click.option("--off-seconds", default=3.0, show_default=True, help="How long the power stays off after a cut.")
@click.option("--wifi-from", type=float, metavar="T", help="When Wi-Fi comes into reach.")
@click.option("--wifi-to", type=float, metavar="T", help="When it goes out of reach.")
@click.option("--bandwidth", "bandwidth_kbps", default=20_000, show_default=True, metavar="KBPS", help="Of the Wi-Fi link, kbit/s.")
@click.option("--latency", "latency_ms", default=20, show_default=True, metavar="MS", help="Of the Wi-Fi link.")
@click.option("--store", "store_file", type=click.Path(), metavar="FILE", help="store.json of the S3 store to sync to.")
@click.option("--type", "typed", multiple=True, type=Typed(), help="Type a line at the console at virtual second T; may be repeated.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=JSON", help="A setting of the recorder, as segment_ms=10000; may be repeated."
)
@click.option("--card-mb", default=8192, show_default=True, help="Size of the card.")
@click.option("--seed", default=1, show_default=True, help="Same scenario and seed, same trace.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Where card.img, console.log, trace.jsonl and truth.jsonl go."
)
@json_option
def run_command(as_json: bool, board: str, store_file: str | None, out: Path | None, changes: tuple[str, ...], **rest: Any) -> int:
    """Record a video on a simulated board, in virtual time.

    Example: daylog sim run --board xiao_esp32s3_sense --video clip.mp4 --seconds 60 --power-cut 31.7 --out out/run
    """
    options = Options(
        board=find_board(board),
        store=recorder_store(store_file) if store_file else None,
        out=out or Path(tempfile.gettempdir()) / f"daylog-sim-{token_hex(8)}",
        settings=dict(setting(change) for change in changes),
        power_cuts=list(rest.pop("power_cuts")),
        typed=list(rest.pop("typed")),
        faults=list(rest.pop("bad_card")),
        **rest,
    )
    with signals_end_it():
        result, problems = run(options)
    if as_json:
        click.echo(json.dumps(result.as_json()))
    else:
        show(result)
        show_list("problem", problems)
    return 0 if result.ok else 1


@command.command("faults")
def faults_command() -> None:
    """List what can be wrong with a simulated board's card, or with a simulated computer.

    Example: daylog sim run --board xiao_esp32s3_sense --video clip.mp4 --seconds 30 --fault gone@10-15
    """
    for title, kinds in (("the card of a board", faults.KINDS), ("a computer", faults.OF_COMPUTERS)):
        click.echo(title)
        for kind, (what, unit, value) in kinds.items():
            click.echo(f"  {kind:16} {what}" + (f"; {kind}={value:g}: {unit}" if unit else ""))
    click.echo(faults.WHEN)


def setting(change: str) -> tuple[str, Any]:
    """A NAME=JSON pair. Raises UsageError."""
    name, equals, value = change.partition("=")
    try:
        return name, json.loads(value)
    except ValueError as error:
        raise UsageError(f"--set {change}: what follows = must be JSON" if equals else f"--set {change}: write NAME=JSON") from error


def run(options: Options) -> tuple[Result, list[str]]:
    """One run with progress bars on a terminal; the result, and what is wrong with the recording. Raises DaylogError."""
    frames = reel.expected_frames(options.video, options.board["profiles"][options.profile])
    with tidied(options.out):
        with bar("reading the video", frames) as advance:
            prepare = computer.prepare if is_computer(options.board) else runner.prepare
            world = prepare(options, progress=up_to(frames, advance))
        with bar("simulating", options.seconds) as advance:
            history = runner.play(options, world, up_to(options.seconds, advance))
        result, report = conclude(options, world, history)
    return result, report.problems


def show(result: Result) -> None:
    segments = result.segments
    click.secho("ok" if result.ok else "NOT OK", fg="green" if result.ok else "red", bold=True, nl=False)
    speed = result.virtual_s / result.real_s if result.real_s else 0
    click.echo(f": {result.virtual_s:.1f} virtual s in {result.real_s:.1f} s ({speed:.0f}x), {result.boots} boots, results in {result.out}")
    for name, frames in {"frames": result.frames, **result.beside}.items():
        not_recorded = ", ".join(f"{n} {cause}" for cause, n in frames["dropped"].items()) or "none lost"
        click.echo(f"  {name}: {frames['captured']} captured, {frames['recorded']} recorded ({not_recorded})")
    click.echo(f"  most footage lost at once: {result.lost_ms_max} ms")
    click.echo(f"  segments: {segments['closed']} closed, {segments['stored']} stored, {segments['pending']} pending")
