# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The board's USB serial line, as `sys.stdin` and `sys.stdout`.

In virtual time a scenario types; in real time it is the real terminal.
"""

import io

POLL, POLLIN, POLLOUT = 3, 1, 4


class TypedInput(io.IOBase):
    """Text that arrives at given moments; never at an end, as a serial line."""

    def __init__(self, script, clock):
        self.buffer = self  # bytes either way
        self._inbox = bytearray()
        for at_us, text in script:
            if at_us >= clock.now_us:
                clock.at(at_us, self._typist(text))

    def _typist(self, text):
        return lambda: self._inbox.extend(text.encode())

    def readinto(self, buffer, size=None):
        n = min(len(buffer), len(self._inbox))
        if not n:
            return None
        memoryview(buffer)[:n] = memoryview(self._inbox)[:n]
        self._inbox = self._inbox[n:]
        return n

    def read(self, size=-1):
        buffer = bytearray(size if size >= 0 else len(self._inbox))
        n = self.readinto(buffer)
        return None if n is None else bytes(buffer[:n])

    def ioctl(self, operation, argument):
        return self.ready(argument) if operation == POLL else -22

    def ready(self, flags):
        """Which of these poll events are there now."""
        return flags & (POLLOUT | (POLLIN if self._inbox else 0))


class SysModule:
    """`sys` with this board's lines; everything else is the interpreter's own."""

    platform = "esp32"

    def __init__(self, real, stdin):
        self._real = real
        self.stdin = stdin or real.stdin
        self.argv = []

    def __getattr__(self, name):
        return getattr(self._real, name)
