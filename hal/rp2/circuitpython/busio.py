# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""busio.I2C."""

import machine

from hal.drivers.circuitpython_i2c import LockedI2C


class I2C(LockedI2C):
    def __init__(self, scl, sda, *, frequency=100_000):
        super().__init__(machine.I2C(scl // 2 % 2, scl=machine.Pin(scl), sda=machine.Pin(sda), freq=frequency))
