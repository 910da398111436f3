# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog flash`: from a bare board to a recorder."""

import json
from dataclasses import asdict
from pathlib import Path

import rich_click as click

from host_tools import boards, ports
from host_tools.flashing import bootsel
from host_tools.flashing.flash import Flashed, flash
from host_tools.options import json_option, port_option
from host_tools.progress import bar
from host_tools.words import plural

NEXT = """\
  next: daylog provision --port {port} gives it its name, its Wi-Fi and its store;
        any terminal program at {port} shows its console
"""


@click.command("flash")
@click.option("--board", "name", required=True, help="Name of a board, or a folder with a board.toml.")
@port_option
@click.option(
    "--firmware", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="MicroPython's firmware.bin, or .uf2, for the board."
)
@click.option("--drive", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A Pico's drive: BOOTSEL was held down.")
@json_option
def command(name: str, given_port: str | None, firmware: Path | None, drive: Path | None, as_json: bool) -> None:
    """Put MicroPython and Daylog on a board; its settings stay, but on a Pico's --drive.

    Only what has changed is written. Interrupted, it can simply be done again; no footage is touched.

    Example: daylog flash --board xiao_esp32s3_sense --firmware firmware.bin
    """
    board = boards.load(name)
    if drive:
        return show_drive(drive, bootsel.copy(board, drive, firmware), as_json)
    done = flash(board, ports.find(given_port, board), firmware, bar)
    if as_json:
        return click.echo(json.dumps(asdict(done)))
    show(done)


def show_drive(drive: Path, size: int, as_json: bool) -> None:
    if as_json:
        return click.echo(json.dumps({"drive": str(drive), "written_bytes": size}))
    click.echo(f"{size:,} bytes for {drive}: when it has taken them the board starts by itself, and the drive is gone")
    click.echo("  next: daylog provision gives it its name, its Wi-Fi and its store")


def show(done: Flashed) -> None:
    click.secho("flashed", fg="green", bold=True, nl=False)
    click.echo(f": {done.chip} {done.mac}, {done.written_bytes:,} bytes written, {done.unchanged_bytes:,} were there")
    if done.kept:
        click.echo(f"  kept {plural(len(done.kept), 'file')} of its own: {', '.join(done.kept)}")
    click.echo(f"  {done.recorder}")
    click.echo(NEXT.format(port=done.port), nl=False)
