# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog deploy`: try a change of the firmware on a board."""

import json
from dataclasses import asdict

import rich_click as click

from host_tools import boards, ports
from host_tools.flashing.deploy import deploy
from host_tools.options import json_option, port_option
from host_tools.progress import bar
from host_tools.words import plural


@click.command("deploy")
@click.option("--board", "name", required=True, help="Name of a board, or a folder with a board.toml.")
@port_option
@json_option
def command(name: str, given_port: str | None, as_json: bool) -> None:
    """Copy what has changed of the firmware to a board that runs it, and restart it. Settings and footage stay.

    Example: daylog deploy --board xiao_esp32s3_sense --port /dev/ttyACM0
    """
    board = boards.load(name)
    done = deploy(board, ports.find(given_port, board), bar)
    if as_json:
        return click.echo(json.dumps(asdict(done)))
    for path in done.changed:
        click.echo(f"  sent     {path}")
    for path in done.removed:
        click.echo(f"  removed  {path}")
    click.echo(f"{plural(len(done.changed), 'file')} sent, {len(done.removed)} removed. {done.recorder}")
