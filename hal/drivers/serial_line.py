# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The serial line that the interpreter has its own prompt on: what is typed there, as an asyncio stream that can be looked ahead in."""

import select
import sys
from asyncio import StreamReader


class Keys:
    def __init__(self):
        self._stream = StreamReader(sys.stdin.buffer)  # pyright: ignore[reportArgumentType] (stubs of CPython)

    async def read(self, size):
        return await self._stream.read(size)

    def waits(self):
        poll = select.poll()
        poll.register(sys.stdin.buffer, select.POLLIN)
        return bool(poll.poll(0))


class Console:
    def __init__(self):
        self.stdin = Keys()

    def write(self, data):
        sys.stdout.buffer.write(data)
