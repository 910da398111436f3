# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog backup`: the whole flash of a board in a file."""

import json
from pathlib import Path

import rich_click as click

from host_tools import ports
from host_tools.flashing.whole_flash import backup
from host_tools.options import json_option, port_option
from host_tools.progress import bar


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@port_option
@json_option
def command(file: Path, given_port: str | None, as_json: bool) -> None:
    """Copy the flash of an ESP32 board to FILE. It holds the board's keys: FILE can be read by you alone.

    Example: daylog backup before.bin --port /dev/ttyACM0
    """
    size = backup(ports.find(given_port), file, bar)
    click.echo(json.dumps({"file": str(file), "bytes": size}) if as_json else f"{size:,} bytes in {file}")
