# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""busio.I2C. There is one task here that uses the bus, so its lock is always to be had."""

import machine


class I2C:
    def __init__(self, scl, sda, *, frequency=100_000):
        self._bus = machine.I2C(scl // 2 % 2, scl=machine.Pin(scl), sda=machine.Pin(sda), freq=frequency)

    def try_lock(self):
        return True

    def unlock(self):
        """For the driver's sake."""

    def writeto(self, address, buffer, *, start=0, end=None):
        self._bus.writeto(address, memoryview(buffer)[start : len(buffer) if end is None else end])

    def readfrom_into(self, address, buffer, *, start=0, end=None):
        self._bus.readfrom_into(address, memoryview(buffer)[start : len(buffer) if end is None else end])
