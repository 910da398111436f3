# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The board's USB serial line, as `sys.stdin`, and `sys` around it.

In virtual time a scenario types; in real time the line is the process's own. What the firmware prints goes to
the process's standard output either way.
"""

from sim.device.waitable import POLLIN, POLLOUT, Waitable


class TypedInput(Waitable):
    """Text that arrives at given moments; it never ends, as a serial line does not. Bytes, as `sys.stdin.buffer`."""

    def __init__(self, script, clock):
        self._clock = clock
        self._inbox = bytearray()
        for at_us, text in script:
            if at_us >= clock.now_us:
                clock.at(at_us, self._typist(text))

    def _typist(self, text):
        return lambda: self._inbox.extend(text.encode())

    def readinto(self, buffer, size=None):
        """Blocks until the buffer is full, as the board's does: read one byte at a time after a poll."""
        while len(self._inbox) < len(buffer):
            self._clock.advance_to(self._clock.next_alarm_us())
        memoryview(buffer)[:] = memoryview(self._inbox)[: len(buffer)]
        self._inbox = self._inbox[len(buffer) :]
        return len(buffer)

    def read(self, size=1):
        buffer = bytearray(size)
        self.readinto(buffer)
        return bytes(buffer)

    def ready(self, flags):
        return flags & (POLLOUT | (POLLIN if self._inbox else 0))


class TypedText:
    """The text side of the line: `sys.stdin`."""

    def __init__(self, buffer):
        self.buffer = buffer

    def read(self, size=1):
        return self.buffer.read(size).decode()


class SysModule:
    """`sys` with this board's input and name; everything else is the interpreter's own."""

    platform = "esp32"

    def __init__(self, real, stdin):
        self._real = real
        self.stdin = stdin or real.stdin
        self.argv = []

    def __getattr__(self, name):
        return getattr(self._real, name)
