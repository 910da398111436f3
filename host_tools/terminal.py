# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A plain terminal on a port: every key goes to the board as it is, all that it says is shown, and kept if asked for.

talk(port, Keyboard(0), show, Path("visit.log"))     # until Ctrl-]

A board that starts again takes its USB port with it: then it is waited for.
"""

import contextlib
import os
import select
import termios
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import serial

from host_tools.flashing.serial_port import Line, PortError, open_line

LEAVE_KEY = b"\x1d"
LISTEN_S, AWAY_S = 0.02, 0.5
_AWAY = "\r\n-- the board is away; waiting for it, Ctrl-] leaves --\r\n"
_BACK = "-- it is back --\r\n"
Show = Callable[[bytes], None]


class Left(Exception):
    """The person has pressed Ctrl-]."""


class Keyboard:
    """The keys of a terminal's descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def keys(self, wait_s: float = 0.0) -> bytes:
        """What was pressed. Raises Left when that, or the end of the input, says so; what was pressed before it is gone too."""
        if not select.select([self._descriptor], [], [], wait_s)[0]:
            return b""
        keys = os.read(self._descriptor, 1024)
        if not keys or LEAVE_KEY in keys:
            raise Left
        return keys

    @contextlib.contextmanager
    def raw(self) -> Iterator[None]:
        """Keys come as they are pressed, Ctrl-C among them; afterwards the terminal is as it was."""
        before = termios.tcgetattr(self._descriptor)
        try:
            tty.setraw(self._descriptor, termios.TCSADRAIN)
            yield
        finally:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)


def talk(port: str, keyboard: Keyboard, show: Show, log: Path | None = None) -> None:
    """Connect a person with the board until he leaves. Raises PortError if there is no such port to begin with."""
    line = open_line(port, LISTEN_S)
    with contextlib.suppress(Left), keyboard.raw(), _kept(show, log) as tell:
        while True:
            try:
                _connect(line, keyboard, tell)
            except (serial.SerialException, OSError):
                line.close()
                line = _again(port, keyboard, tell)
    line.close()


def _connect(line: Line, keyboard: Keyboard, tell: Show) -> None:
    while True:
        tell(line.read(max(1, line.in_waiting)))
        line.write(keyboard.keys())


def _again(port: str, keyboard: Keyboard, tell: Show) -> Line:
    tell(_AWAY.encode())
    while True:
        keyboard.keys(AWAY_S)
        with contextlib.suppress(PortError):
            line = open_line(port, LISTEN_S)
            tell(_BACK.encode())
            return line


@contextlib.contextmanager
def _kept(show: Show, log: Path | None) -> Iterator[Show]:
    """`show`, and at the end of the file too."""
    with log.open("ab") if log else contextlib.nullcontext() as file:

        def tell(data: bytes) -> None:
            show(data)
            if file:
                file.write(data)
                file.flush()

        yield tell
