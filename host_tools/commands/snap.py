# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog snap`: what the camera sees."""

import json
from pathlib import Path

import rich_click as click

from host_tools import ports
from host_tools.console_line import ConsoleLine
from host_tools.options import json_option, port_option
from host_tools.pull import snap


@click.command("snap")
@click.option("-o", "--output", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the JPEG goes.")
@port_option
@json_option
def command(file: Path, given_port: str | None, as_json: bool) -> None:
    """Get the next picture that is recorded. No frame is lost for it.

    Example: daylog snap -o x.jpg
    """
    with ConsoleLine(ports.find(given_port)) as console:
        picture = snap(console, file)
    if as_json:
        return click.echo(json.dumps({**picture, "file": str(file)}))
    size = f"{picture['width']}x{picture['height']}, {picture['size']:,} bytes"
    click.echo(f"{file}: {size}, frame {picture['sequence']} of segment {picture['boot']}/{picture['segment']}")
