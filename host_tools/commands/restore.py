# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog restore`: a board as it was when it was backed up."""

import json
from pathlib import Path

import rich_click as click

from host_tools import ports
from host_tools.flashing.whole_flash import restore
from host_tools.options import json_option, port_option
from host_tools.progress import bar


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@port_option
@json_option
def command(file: Path, given_port: str | None, as_json: bool) -> None:
    """Make the flash of an ESP32 board what `daylog backup` has put in FILE. The footage on its card stays.

    Example: daylog restore before.bin --port /dev/ttyACM0
    """
    written = restore(ports.find(given_port), file, bar)
    click.echo(json.dumps({"file": str(file), "written_bytes": written}) if as_json else f"restored: {written:,} bytes were different")
