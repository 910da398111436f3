# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim shell`: sit down at the console of a simulated board, in real time."""

import json
import tempfile
from pathlib import Path

import rich_click as click

from host_tools.options import json_option
from sim.options import Options, find_board
from sim.shell import serve
from sim.world import recorder_store

HOW_TO = """\
The board's serial console is {path}
  from another terminal: mpremote connect {path}, or any terminal program
  Ctrl-] here pulls the plug; type shutdown first for a clean card
"""


@click.command("shell")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("--video", required=True, type=click.Path(path_type=Path), help="What the camera sees: any file FFmpeg can read; it loops.")
@click.option("--profile", default="", help="Capture profile; the board's default if not given.")
@click.option("--store", "store_file", type=click.Path(), metavar="FILE", help="store.json of the S3 store to sync to; switches Wi-Fi on.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Keep card.img and the traces here.")
@json_option
def shell_command(board: str, video: Path, profile: str, store_file: str | None, out: Path | None, as_json: bool) -> None:
    """Boot a simulated board in real time, with its console on a pseudo-terminal.

    Example: daylog sim shell --board xiao_esp32s3_sense --video clip.mp4
    """
    with tempfile.TemporaryDirectory(prefix="daylog-sim-") as scratch:
        options = Options(
            board=find_board(board),
            video=video,
            seconds=1,
            out=out or Path(scratch),
            profile=profile,
            store=recorder_store(store_file) if store_file else None,
        )
        serve(options, lambda path: announce(path, options, as_json))
    click.echo()  # the prompt of the board stays where it was


def announce(path: str, options: Options, as_json: bool) -> None:
    about = {"board": options.board["name"], "out": str(options.out), "pty": path}
    click.echo(json.dumps(about) if as_json else HOW_TO.format(path=path))
