# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where somebody attaches to the simulated board: what a serial port is to a real one.

port = PtyPort()
port.listen(selector, heard)     # heard(bytes) for all that comes from outside
port.put(b"to whoever is there")
"""

import os
import selectors
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from sim.interpreter import raw_pty, read
from sim.outlet import Outlet

Heard = Callable[[bytes], None]


class Port(Protocol):
    """`path` is what a program is given to open. Events are handled by the selector's `data`, a function without arguments."""

    path: str

    def listen(self, selector: selectors.BaseSelector, heard: Heard) -> None: ...

    def put(self, data: bytes) -> None: ...

    def push(self) -> None: ...

    @property
    def waiting(self) -> bool: ...

    def close(self) -> None: ...


class PtyPort:
    """A pseudo-terminal; it has no control lines. `link`: a name for it that nobody else is given after us, as its own may be."""

    def __init__(self, link: Path | None = None) -> None:
        self._master, self._slave = raw_pty()  # our own slave keeps the line up between two visitors
        self.path = os.ttyname(self._slave)
        self._link = link
        if link:
            link.unlink(missing_ok=True)
            link.symlink_to(self.path)
            self.path = str(link)
        self._outlet = Outlet(self._master, forget=lambda: termios.tcflush(self._slave, termios.TCIFLUSH))
        self.put, self.push = self._outlet.put, self._outlet.push

    def listen(self, selector: selectors.BaseSelector, heard: Heard) -> None:
        selector.register(self._master, selectors.EVENT_READ, lambda: heard(read(self._master) or b""))

    @property
    def waiting(self) -> bool:
        return self._outlet.waiting

    def close(self) -> None:
        if self._link:
            self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
