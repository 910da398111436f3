# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim board` and `daylog sim firmware`: a simulated board to be flashed, and something to flash it with."""

import json
import tempfile
from pathlib import Path

import rich_click as click

from host_tools.errors import UsageError
from host_tools.options import json_option
from sim.options import Options, find_board
from sim.ports import Port, PtyPort
from sim.rom.serve import flash_of, serve
from sim.rom.stand_in import firmware
from sim.tcp_ports import Rfc2217Port, SocketPort
from sim.world import KEY, SSID

HOW_TO = """\
The board's port is {port}
  from another terminal: daylog flash --board {board} --port {port} --firmware FILE
  or any of esptool, mpremote, a terminal program
Its Wi-Fi sees the network {ssid}, whose password is {key}
  Ctrl-] here pulls the plug
"""


@click.command("board")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("--video", required=True, type=click.Path(path_type=Path), help="What the camera sees: any file FFmpeg can read; it loops.")
@click.option(
    "--flash", "flash_file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Its flash chip; made if it is not there."
)
@click.option("--link", type=click.Path(path_type=Path), help="A name for the pseudo-terminal, gone when the board is switched off.")
@click.option("--erased", is_flag=True, help="Begin with an erased flash.")
@click.option(
    "--socket", "socket_port", type=int, metavar="PORT", help="Serve socket://127.0.0.1:PORT instead of a pseudo-terminal; 0: any."
)
@click.option("--rfc2217", "rfc2217_port", type=int, metavar="PORT", help="Serve rfc2217://127.0.0.1:PORT, which has reset lines; 0: any.")
@click.option("--unplug-at", type=int, metavar="N", help="Pull the cable at the N-th packet of a flashing tool.")
@click.option("--profile", default="", help="Capture profile; the board's default if not given.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Keep card.img and the traces here.")
@json_option
def board_command(
    board: str,
    video: Path,
    flash_file: Path,
    link: Path | None,
    erased: bool,
    socket_port: int | None,
    rfc2217_port: int | None,
    unplug_at: int | None,
    profile: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Switch on a simulated board that is flashed through its port, and boots what is in its flash.

    Example: daylog sim board --board xiao_esp32s3_sense --flash flash.bin --video clip.mp4
    """
    with tempfile.TemporaryDirectory(prefix="daylog-sim-") as scratch:
        options = Options(board=find_board(board), video=video, seconds=1, out=out or Path(scratch), profile=profile, wifi_from=0)
        flash = flash_of(options, flash_file, erased)
        serve(options, flash, port_of(link, socket_port, rfc2217_port), lambda path: announce(path, options, as_json), unplug_at)
    click.echo()


def port_of(link: Path | None, socket_port: int | None, rfc2217_port: int | None) -> Port:
    """What was asked for. Raises UsageError."""
    if socket_port is not None and rfc2217_port is not None:
        raise UsageError("--socket and --rfc2217 exclude each other")
    if rfc2217_port is not None:
        return Rfc2217Port(rfc2217_port)
    return PtyPort(link) if socket_port is None else SocketPort(socket_port)


def announce(path: str, options: Options, as_json: bool) -> None:
    about = {"board": options.board["name"], "out": str(options.out), "port": path, "ssid": SSID, "key": KEY}
    click.echo(json.dumps(about) if as_json else HOW_TO.format(**about))


@click.command("firmware")
@click.option("--board", required=True, help="Name of a board, or a folder with a board.toml.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the file goes.")
def firmware_command(board: str, output: Path) -> None:
    """Write a stand-in for MicroPython's firmware.bin: a simulated board can be flashed with it, a real one cannot.

    Example: daylog sim firmware --board xiao_esp32s3_sense -o firmware.bin
    """
    output.write_bytes(firmware(find_board(board)))
