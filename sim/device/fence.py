# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the firmware must not see: doors out of the flash image, and chance that differs from run to run."""

from sim.device.chance import Chance


class Fenced:
    """A module without some of its names."""

    def __init__(self, real, closed):
        self._real, self._closed = real, closed

    def __getattr__(self, name):
        if name in self._closed:
            raise AttributeError(name)
        return getattr(self._real, name)


class FencedOs(Fenced):
    def __init__(self, real, seed):
        super().__init__(real, ("VfsPosix", "system", "getenv", "putenv", "unsetenv"))
        self._chance = Chance(seed)

    def urandom(self, size):
        return bytes(self._chance.below(256) for _ in range(size))
