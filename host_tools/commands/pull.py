# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog pull`: segments off a recorder's card, without taking it out."""

import json
from dataclasses import asdict
from pathlib import Path

import rich_click as click

from host_tools import ports
from host_tools.console_line import ConsoleLine
from host_tools.options import json_option, port_option
from host_tools.progress import bar
from host_tools.pull import Pulled, about, newest, pull


@click.command("pull")
@click.argument("segments", metavar="[BOOT/SEGMENT]...", nargs=-1)
@port_option
@click.option("--last", default=1, show_default=True, type=click.IntRange(1, 99), help="How many of the newest, if none is named.")
@click.option("-o", "--output", "folder", default=".", type=click.Path(file_okay=False, path_type=Path), help="Folder for them.")
@json_option
def command(segments: tuple[str, ...], given_port: str | None, last: int, folder: Path, as_json: bool) -> None:
    """Copy segments over the serial line, each compared with its SHA-256. The recorder goes on; broken off, so does the copying.

    It is slow: `daylog verify` and `export` read a whole card in a reader, or the store.

    Example: daylog pull 12/3 -o footage
    """
    done: list[Pulled] = []
    with ConsoleLine(ports.find(given_port)) as console:
        for segment in segments or newest(console, last):
            with bar(f"segment {segment}", about(console, segment)["size"]) as advance:
                done.append(pull(console, segment, folder, advance))
            if not as_json:
                click.echo(line(done[-1]))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in done]))
    elif not done:
        click.echo("there is no whole segment on the card yet")


def line(one: Pulled) -> str:
    return f"{one.file}: {one.size:,} bytes, {one.state}" + ("" if one.sha256 else ", without a SHA-256 to compare with")
