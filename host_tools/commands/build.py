# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog build`: the firmware in the forms in which MicroPython takes it, and Debian."""

import json
from pathlib import Path

import rich_click as click

from firmware import VERSION
from host_tools import boards, debian
from host_tools.options import json_option
from host_tools.outputs import finished_or_absent
from host_tools.packages import STARTERS, romfs
from sim import image

NEXT_ROMFS = "next: mpremote romfs deploy {0}, then copy firmware/device/main.py to the board"
NEXT_TREE = "next: mpremote fs cp -r {0}/* :"
NEXT_DEB = "next: sudo dpkg -i {0}, then man daylog-recorder"


@click.group("build")
def command() -> None:
    """Build the firmware for a board, without flashing it."""


@command.command("romfs")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The image.")
@json_option
def romfs_command(board: str, out: Path, as_json: bool) -> None:
    """Build a ROMFS image: bytecode that runs where it lies in flash, and takes no heap.

    Example: daylog build romfs --board xiao_esp32s3_sense -o daylog.romfs
    """
    files = {path: data for path, data in _files(board).items() if path not in STARTERS}
    data = romfs(files)
    with finished_or_absent(out) as path:
        path.write_bytes(data)
    _tell(out, len(files), len(data), NEXT_ROMFS, as_json)


@command.command("tree")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder.")
@json_option
def tree_command(board: str, out: Path, as_json: bool) -> None:
    """Write the files of the device into a folder, compiled, without settings.

    Example: daylog build tree --board xiao_esp32s3_sense -o out/tree
    """
    files = _files(board)
    with finished_or_absent(out) as folder:
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    _tell(out, len(files), sum(map(len, files.values())), NEXT_TREE, as_json)


@command.command("deb")
@click.option("-o", "--out", default="out", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for it.")
@click.option("--version", default=VERSION, show_default=True, help="What the package calls itself.")
@json_option
def deb_command(out: Path, version: str, as_json: bool) -> None:
    """Build the Debian package that makes a Raspberry Pi or another computer a recorder.

    Example: daylog build deb
    """
    path = debian.build(out, version)
    _tell(path, len(debian.contents(version)), path.stat().st_size, NEXT_DEB, as_json)


def _files(board: str) -> dict[str, bytes]:
    return image.firmware_files(boards.load(board))


def _tell(out: Path, files: int, size: int, following: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"out": str(out), "files": files, "bytes": size}))
    else:
        click.echo(f"{out}: {files} files, {size / 1000:.0f} kB\n{following.format(out)}")
