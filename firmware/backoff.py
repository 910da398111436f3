# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How long to wait before the next try, and waits that somebody may cut short.

A thousand recorders come home at the same hour: pauses double, and half of each is chance.
Seed `random` to make a run repeatable.
"""

import asyncio
import random


class Backoff:
    def __init__(self, first_ms, longest_ms, chance=random.random):
        self._first_ms = first_ms
        self._longest_ms = longest_ms
        self._chance = chance
        self._next_ms = first_ms

    def reset(self):
        """It worked: begin with the shortest pause again."""
        self._next_ms = self._first_ms

    def next_ms(self):
        """The pause before the next try."""
        half_ms = self._next_ms // 2
        self._next_ms = min(2 * self._next_ms, self._longest_ms)
        return half_ms + int(half_ms * self._chance())


async def wait_ms(event, limit_ms):
    """Wait for `event`, but not longer than `limit_ms`; returns whether it happened."""
    try:
        await asyncio.wait_for(event.wait(), limit_ms / 1000)
    except asyncio.TimeoutError:
        return False
    return True
