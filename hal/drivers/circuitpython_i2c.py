# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A bus as CircuitPython's drivers expect one, over a `machine.I2C`. One task here uses it, so its lock is always to be had."""


class LockedI2C:
    def __init__(self, bus):
        self._bus = bus

    def try_lock(self):
        return True

    def unlock(self):
        """For the driver's sake."""

    def writeto(self, address, buffer, *, start=0, end=None):
        self._bus.writeto(address, memoryview(buffer)[start : len(buffer) if end is None else end])

    def readfrom_into(self, address, buffer, *, start=0, end=None):
        self._bus.readfrom_into(address, memoryview(buffer)[start : len(buffer) if end is None else end])
