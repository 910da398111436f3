# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A serial port at the other end of a network: pyserial's socket://, and rfc2217:// which has control lines too.

One visitor at a time: a new one takes the place of the one before. Loopback only.
"""

import selectors
import socket
import time
from collections.abc import Callable
from typing import Any, cast

from serial.rfc2217 import PortManager

from sim.outlet import Outlet
from sim.ports import Heard

_READ_BYTES = 65536
_LATE_S = 0.15  # after the end of a reset, this long the boot pin still counts: over a network the two lines move one by one


class SocketPort:
    """Bytes as they are; no control lines."""

    scheme = "socket"

    def __init__(self, number: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", number))
        self._visitor: socket.socket | None = None
        self._outlet: Outlet | None = None
        self.path = f"{self.scheme}://127.0.0.1:{self._server.getsockname()[1]}"

    def listen(self, selector: selectors.BaseSelector, heard: Heard) -> None:
        self._selector, self._heard = selector, heard
        selector.register(self._server, selectors.EVENT_READ, self._accept)

    def put(self, data: bytes) -> None:
        self._send(data)

    def push(self) -> None:
        if self._outlet:
            try:
                self._outlet.push()
            except OSError:  # the visitor has gone without a word
                self._leave()

    @property
    def waiting(self) -> bool:
        return bool(self._outlet and self._outlet.waiting)

    def close(self) -> None:
        self._leave()
        self._server.close()

    def _accept(self) -> None:
        self._leave()
        self._visitor, _ = self._server.accept()
        self._visitor.setblocking(False)
        self._outlet = Outlet(self._visitor.fileno())
        self._selector.register(self._visitor, selectors.EVENT_READ, self._read)
        self._arrived()

    def _leave(self) -> None:
        if self._visitor:
            self._selector.unregister(self._visitor)
            self._visitor.close()
            self._visitor = self._outlet = None

    def _read(self) -> None:
        assert self._visitor
        try:
            data = self._visitor.recv(_READ_BYTES)
        except OSError:
            data = b""
        if data:
            self._take(data)
        else:
            self._leave()

    def _send(self, data: bytes) -> None:
        if self._outlet:
            try:
                self._outlet.put(data)
            except OSError:
                self._leave()

    def _arrived(self) -> None: ...

    def _take(self, data: bytes) -> None:
        self._heard(data)


class Rfc2217Port(SocketPort):
    """With the lines DTR and RTS, wired as on every ESP32 board; `reset(download)` is called when they reset the chip."""

    scheme = "rfc2217"

    def __init__(self, number: int = 0, reset: Callable[[bool], None] = lambda download: None) -> None:
        super().__init__(number)
        self.lines = Lines(reset)

    def put(self, data: bytes) -> None:
        if self._visitor:
            self._send(b"".join(self._manager.escape(data)))

    def write(self, data: bytes) -> None:
        """The manager's own answers, which are not escaped."""
        self._send(data)

    def _arrived(self) -> None:
        port, connection = cast(Any, self.lines), cast(Any, self)  # it asks for a serial.Serial and uses what Lines and write() are
        self._manager = PortManager(port, connection)

    def _take(self, data: bytes) -> None:
        plain = b"".join(self._manager.filter(data))
        if plain:
            self._heard(plain)


class Lines:
    """What PortManager takes for a serial port. Two transistors: EN is low while only RTS is set, IO0 while only DTR is."""

    baudrate, bytesize, parity, stopbits = 115200, 8, "N", 1
    xonxoff = rtscts = break_condition = False
    cts = dsr = ri = cd = False

    def __init__(self, reset: Callable[[bool], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.reset = reset
        self._clock = clock
        self._dtr = self._rts = False
        self._woke_s = -_LATE_S

    @property
    def dtr(self) -> bool:
        return self._dtr

    @dtr.setter
    def dtr(self, on: bool) -> None:
        self._move(on, self._rts)

    @property
    def rts(self) -> bool:
        return self._rts

    @rts.setter
    def rts(self, on: bool) -> None:
        self._move(self._dtr, on)

    def reset_input_buffer(self) -> None: ...

    def reset_output_buffer(self) -> None: ...

    def _move(self, dtr: bool, rts: bool) -> None:
        was_held, held = self._rts and not self._dtr, rts and not dtr
        self._dtr, self._rts = dtr, rts
        boot_pin_low, now = dtr and not rts, self._clock()
        if was_held and not held:
            self._woke_s = now
            self.reset(boot_pin_low)
        elif boot_pin_low and now - self._woke_s < _LATE_S:
            self._woke_s = -_LATE_S
            self.reset(True)
