# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog console`: sit down at a recorder."""

import sys
from pathlib import Path

import rich_click as click

from host_tools import ports
from host_tools.errors import UsageError
from host_tools.options import port_option
from host_tools.terminal import Keyboard, talk


@click.command("console")
@port_option
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="Keep all that is shown, at the end of this file.")
def command(given_port: str | None, log: Path | None) -> None:
    """Type at a recorder's console, as in any other terminal program. Ctrl-] leaves; the recorder goes on.

    Example: daylog console --log visit.log
    """
    if not sys.stdin.isatty():
        raise UsageError("daylog console is for a person at a terminal", "for programs: daylog status --json, pull, snap")
    port = ports.find(given_port)
    click.echo(f"-- {port}; Ctrl-] leaves --", err=True)
    talk(port, Keyboard(sys.stdin.fileno()), show, log)
    click.echo()


def show(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
