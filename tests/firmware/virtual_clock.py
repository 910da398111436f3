# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Time that stands still until the test lets it pass: put its two methods in the place of a module's own."""

import asyncio

_TURNS = 8  # enough for every task that is ready to come to its next wait


class VirtualClock:
    def __init__(self):
        self.now_ms = 0
        self._sleepers = []  # [due_ms, event]

    def ticks_ms(self):
        return self.now_ms

    async def sleep_ms(self, duration_ms):
        event = asyncio.Event()
        self._sleepers.append([self.now_ms + duration_ms, event])
        await event.wait()

    async def reach(self, until_ms):
        """Let time pass, waking each sleeper at its moment."""
        await self._settle()
        while self._sleepers and min(due_ms for due_ms, _ in self._sleepers) <= until_ms:
            first = min(range(len(self._sleepers)), key=lambda at: self._sleepers[at][0])
            self.now_ms, event = self._sleepers.pop(first)
            event.set()
            await self._settle()
        self.now_ms = until_ms

    async def _settle(self):
        for _ in range(_TURNS):
            await asyncio.sleep(0)
