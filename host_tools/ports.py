# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which serial port a board is at, by its USB ids. Where several may be meant they are listed, never guessed.

find()                          # "/dev/ttyACM0", if that is the only one at which a board may be
find(board=load("esp32_cam"))   # the only one at which this board may be
find("/dev/ttyUSB1")            # what was said is believed
attached()                      # every USB serial port
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from serial.tools import list_ports

from host_tools import boards
from host_tools.errors import DaylogError

_NONE_HINT = """\
is it plugged in, with a cable that carries data, and not only power? Does it have power?
  A board with USB of its own that does not start: hold its button BOOT while it is plugged in.
  One elsewhere, or on an adapter that is not known: name it, with --port"""


class NoPort(DaylogError):
    """There is no port at which the board can be, or more than one."""


@dataclass(frozen=True)
class Attached:
    """A USB serial port; `boards` are those that show its id, so that one of them may be there."""

    port: str
    usb_id: str
    product: str
    serial_number: str
    boards: list[str]


def attached() -> list[Attached]:
    """The USB serial ports of this computer, in their order."""
    known = {name: _ids(boards.read(boards.find(name))) for name in boards.names()}
    return [_attached(info, known) for info in sorted(list_ports.comports()) if info.vid is not None]


def find(given: str | None = None, board: dict[str, Any] | None = None) -> str:
    """The port that was given; else the only one where the board, or any known board, may be. Raises NoPort."""
    if given:
        return given
    there = attached()
    fitting = [one for one in there if (one.usb_id in _ids(board) if board else one.boards)]
    if len(fitting) == 1:
        return fitting[0].port
    what = f"board {board['name']}" if board else "board"
    if fitting:
        raise NoPort(f"there are {len(fitting)} ports at which a {what} may be", "name one of them, with --port:" + _listed(fitting))
    others = "\n  There are other ports, with ids that it does not show:" + _listed(there) if there else ""
    raise NoPort(f"there is no port at which a {what} may be", _NONE_HINT + others)


def _ids(board: dict[str, Any]) -> list[str]:
    return board.get("usb", {}).get("ids", [])


def _attached(info: Any, known: dict[str, list[str]]) -> Attached:
    usb_id = f"{info.vid:04x}:{info.pid:04x}"
    fitting = [name for name, ids in known.items() if usb_id in ids]
    return Attached(info.device, usb_id, info.product or "", info.serial_number or "", fitting)


def _listed(ports: Iterable[Attached]) -> str:
    return "".join(f"\n    {one.port}  {one.usb_id}  {one.product}  {one.serial_number}".rstrip() for one in ports)
