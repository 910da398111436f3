# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Seeded chance, the same on both interpreters (their `random` modules differ)."""


class Chance:
    """A 31-bit linear congruential generator (Park and Miller's minimal standard)."""

    def __init__(self, seed):
        self._state = seed % 2147483646 + 1

    def below(self, limit):
        """An integer from 0 to limit - 1."""
        self._state = self._state * 48271 % 2147483647
        return self._state % limit

    def between(self, low, high):
        return low + self.below(high - low + 1)
