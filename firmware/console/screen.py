# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Everything the console writes, in order, in pieces so small that no frame has to wait for them.

At 115200 baud a piece takes 6 ms; then whoever is due has his turn. `put` never blocks and never writes: it may be called from anywhere.
"""

import asyncio

from firmware.compat import const, sleep_ms

PIECE_BYTES = const(64)
PIECE_PAUSE_MS = const(1)
_FULL_BYTES = const(4096)  # so much waiting: readers of input and writers of long answers hold back


class Screen:
    def __init__(self, write):
        self._write = write
        self._waiting = []
        self._left = 0  # bytes, of what waits and of what is being written
        self._something = asyncio.Event()

    def put(self, data):
        """`data` must stay as it is: it is written later, and not copied."""
        self._left += len(data)
        if self._waiting and len(self._waiting[-1]) + len(data) <= PIECE_BYTES:
            self._waiting[-1] += data
        elif data:
            self._waiting.append(data)
            self._something.set()

    @property
    def full(self):
        return self._left >= _FULL_BYTES

    async def room(self):
        """Wait until the screen has caught up so far that more may be put."""
        while self.full:
            await sleep_ms(PIECE_PAUSE_MS)

    async def drained(self):
        """Wait until everything is written."""
        while self._left:
            await sleep_ms(PIECE_PAUSE_MS)

    async def run(self):
        """The one task that writes."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                await self._write_all(memoryview(self._waiting.pop(0)))

    async def _write_all(self, data):
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            self._write_piece(piece)
            self._left -= len(piece)
            if self._left:
                await sleep_ms(PIECE_PAUSE_MS)

    def _write_piece(self, piece):
        try:
            self._write(piece)
        except OSError:  # nobody listens any more; recording does not care
            pass
