# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The console: the terminal that the recorder was started in, a serial line (that of a USB gadget, for one), or a Unix socket.

Several may call on the socket: all type at one console, and all hear what is said. To who does not listen nothing more is said.
"""

import asyncio
import atexit
import os
import termios
import tty

SERIAL, SOCKET = "/dev/", "/"
_LONGEST = 65536
_UNHEARD_BYTES = 1 << 20  # more than that nobody is owed


def open_console(where):
    """`where`: "" for standard input and output, a device, or the path of a socket that is to be made."""
    if where.startswith(SERIAL):
        fd = os.open(where, os.O_RDWR | os.O_NOCTTY)
        return Line(fd, fd)
    return Callers(where) if where.startswith(SOCKET) else Line(0, 1)


class Line:
    """A terminal or a pipe; a terminal is made one for programs, and given back as it was."""

    def __init__(self, in_fd, out_fd):
        self._in_fd, self._out_fd = in_fd, out_fd
        self.stdin = Input(self._connect)

    async def _connect(self):
        if os.isatty(self._in_fd):
            atexit.register(termios.tcsetattr, self._in_fd, termios.TCSADRAIN, termios.tcgetattr(self._in_fd))
            tty.setraw(self._in_fd)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(os.dup(self._in_fd), "rb", buffering=0))
        return reader

    def write(self, data):
        try:
            os.write(self._out_fd, data)
        except BlockingIOError:  # nobody reads: a recorder waits for nobody
            pass


class Callers:
    def __init__(self, path):
        self._path, self._writers = path, set()
        self._reader = asyncio.StreamReader()
        self.stdin = Input(self._connect)

    async def _connect(self):
        if os.path.exists(self._path):
            os.unlink(self._path)
        await asyncio.start_unix_server(self._called, self._path)
        return self._reader

    async def _called(self, reader, writer):
        self._writers.add(writer)
        try:
            while data := await reader.read(_LONGEST):
                self._reader.feed_data(data)
        except ConnectionError:  # it hung up on what was said
            pass
        self._writers.discard(writer)
        writer.close()

    def write(self, data):
        for writer in self._writers:
            if writer.transport.get_write_buffer_size() < _UNHEARD_BYTES:
                writer.write(data)


class Input:
    """Opened when it is first read, for only then there is an event loop."""

    def __init__(self, connect):
        self._connect, self._reader = connect, None

    async def read(self, size):
        if self._reader is None:
            self._reader = await self._connect()
        return await self._reader.read(size)

    def waits(self):
        """Only asked for the knock of a program that wants the Python prompt, and there is none behind this console."""
        return False
