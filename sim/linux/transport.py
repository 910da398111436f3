# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One TCP connection of asyncio, over a socket of the simulation; the TLS of asyncio may lie on top of it.

A transport of asyncio reads whatever comes when it comes, which is the host's affair. This one is asked by the event loop, whenever that
has nothing else to do, and takes nothing before it can be there.
"""

import asyncio
import select
from collections.abc import Callable
from typing import Any

from sim.device.tcp import PIECE
from sim.device.waitable import POLLIN, POLLOUT, Waitable
from sim.linux.sockets import Tcp

Act = Callable[[], None]


class Stream(asyncio.Transport):
    """`is_awaited()`: somebody can do nothing before the peer has said more. `ended` hears of its end."""

    _start_tls_compatible = True  # by this name asyncio asks

    def __init__(self, tcp: Tcp, is_awaited: Callable[[], bool], ended: Callable[["Stream"], None]) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._tcp, self._is_awaited, self._ended = tcp, is_awaited, ended
        self._protocol: Any = None
        self._opened = self._loop.create_future()
        self._unsent, self._room = bytearray(), bytearray(PIECE)
        self._is_full = self._is_closing = False  # it is full while anything is unsent
        self._reads = True

    async def open(self, address: str, port: int) -> None:
        """Raises OSError."""
        self._tcp.connect((address, port))
        await self._opened

    # -- what asyncio calls ----------------------------------------------------------------

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._reads

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True

    def write(self, data: Any) -> None:
        if not self._is_closing:
            self._unsent += data
            self._send()

    def abort(self) -> None:
        self._force_close(None)

    close = abort  # nobody who has something unsent closes it

    def _force_close(self, error: OSError | None) -> None:
        """The TLS of asyncio calls it by this name."""
        if not self._is_closing:
            self._is_closing = True
            self._unsent.clear()
            self._tcp.close()
            self._ended(self)
            if self._protocol is not None:
                self._loop.call_soon(self._protocol.connection_lost, error)

    # -- what the event loop calls -----------------------------------------------------------

    def due(self) -> Act | None:
        """What it has to do now without waiting for anybody."""
        if not self._opened.done():
            return self._open if self._tcp.ready(POLLOUT) else self._wait(POLLOUT)
        if self._unsent:
            return self._send if self._tcp.ready(POLLOUT) else self._wait(POLLOUT)
        return None

    def _wait(self, events: int) -> None:
        """Let the clock stop when they may be there."""
        self._tcp.awaited(events)

    def heard(self, patience_ms: int) -> Act | None:
        """What it has to do since the peer has said something. While that is awaited, virtual time stands still: this waits in real
        time, once for so long."""
        if not (self._opened.done() and self._reads):
            return None
        if not self._tcp.ready(POLLIN) and not (self._is_awaited() and self._comes(patience_ms)):
            return None
        return self._receive

    def _comes(self, patience_ms: int) -> bool:
        if not self._tcp.awaited(POLLIN) or isinstance(self._tcp.peer(), Waitable):
            return False
        poll = select.poll()
        poll.register(self._tcp.peer(), POLLIN)
        if not poll.poll(patience_ms):
            self._tcp.give_up()
        return bool(self._tcp.ready(POLLIN))

    # -- what there is to do -----------------------------------------------------------------

    def _open(self) -> None:
        try:
            self._tcp.write(b"")  # tells whether it came to nothing
        except OSError as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            return
        if not self._opened.done():
            self._opened.set_result(None)

    def _send(self) -> None:
        """As much as the link takes now."""
        try:
            while self._unsent and (taken := self._tcp.write(self._unsent[:PIECE])):
                del self._unsent[:taken]
        except OSError as error:
            return self._force_close(error)
        if bool(self._unsent) != self._is_full:
            self._is_full = not self._is_full
            (self._protocol.pause_writing if self._is_full else self._protocol.resume_writing)()

    def _receive(self) -> None:
        try:
            size = self._tcp.readinto(self._room)
        except OSError as error:
            return self._force_close(error)
        if size:
            self._hand_over(memoryview(self._room)[:size])
        elif size == 0:
            self._reads = False
            if not self._protocol.eof_received():
                self.close()

    def _hand_over(self, data: memoryview) -> None:
        """A protocol may have room of its own."""
        if not isinstance(self._protocol, asyncio.BufferedProtocol):
            return self._protocol.data_received(bytes(data))
        while data:
            room: Any = self._protocol.get_buffer(len(data))
            size = min(len(room), len(data))
            room[:size] = data[:size]
            self._protocol.buffer_updated(size)
            data = data[size:]
