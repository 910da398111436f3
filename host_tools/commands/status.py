# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog status`: what a recorder does, and what is wrong."""

import json

import rich_click as click

from host_tools import ports
from host_tools.console_line import ConsoleLine
from host_tools.options import json_option, port_option


@click.command("status")
@port_option
@json_option
def command(given_port: str | None, as_json: bool) -> None:
    """Say what the recorder at a port does, what is wrong, and what to do about it; in its own words.

    Example: daylog status
    """
    with ConsoleLine(ports.find(given_port)) as console:
        click.echo(json.dumps(console.ask("status")) if as_json else console.read("status"))
