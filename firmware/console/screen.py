# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Everything the console writes, in order, in pieces so small that no frame has to wait for them.

At 115200 baud a piece takes 6 ms; then whoever is due has his turn. `put` never blocks and never writes: it may be called from anywhere.
"""

import asyncio

from firmware.compat import const, sleep_ms

PIECE_BYTES = const(64)
PIECE_PAUSE_MS = const(1)
_FULL_PIECES = const(64)  # 4 KiB waiting: readers of input and writers of log lines hold back


class Screen:
    def __init__(self, write):
        self._write = write
        self._pieces = []
        self._something = asyncio.Event()

    def put(self, data):
        if self._pieces and len(self._pieces[-1]) + len(data) <= PIECE_BYTES:
            self._pieces[-1] += data
            return
        for start in range(0, len(data), PIECE_BYTES):
            self._pieces.append(data[start : start + PIECE_BYTES])
            self._something.set()

    @property
    def full(self):
        return len(self._pieces) >= _FULL_PIECES

    async def room(self):
        """Wait until the screen has caught up so far that more may be put."""
        while self.full:
            await sleep_ms(PIECE_PAUSE_MS)

    async def drained(self):
        """Wait until everything is written."""
        while self._pieces:
            await sleep_ms(PIECE_PAUSE_MS)

    async def run(self):
        """The one task that writes."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._pieces:
                self._write_piece(self._pieces.pop(0))
                if self._pieces:
                    await sleep_ms(PIECE_PAUSE_MS)

    def _write_piece(self, piece):
        try:
            self._write(piece)
        except OSError:
            self._pieces.clear()  # nobody listens any more; recording does not care
