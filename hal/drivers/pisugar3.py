# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""PiSugar 3, the battery under a Raspberry Pi Zero: voltage, percentage and whether a charger is plugged in.

Registers of 8 bits: PiSugar 3 I2C datasheet (docs.pisugar.com). The voltage has two of them, and its high byte may change in between.
"""

from firmware.compat import const
from hal.drivers.gauge import Gauge, expect

ADDRESS = const(0x57)
_VERSION, _CONTROL, _MV_HIGH, _MV_LOW, _PERCENT = const(0x00), const(0x02), const(0x22), const(0x23), const(0x2A)
_EXTERNAL = const(0x80)
_THREE = const(3)


class Pisugar3(Gauge):
    def __init__(self, bus, address=ADDRESS):
        self._bus, self._address = bus, address
        self._byte = bytearray(1)
        expect(self._register(_VERSION), _THREE, "PiSugar 3")

    def _register(self, number):
        self._bus.readfrom_mem_into(self._address, number, self._byte)
        return self._byte[0]

    def read(self):
        high, low = self._register(_MV_HIGH), self._register(_MV_LOW)
        again = self._register(_MV_HIGH)
        if again != high:
            high, low = again, self._register(_MV_LOW)
        self.battery_mv = high << 8 | low
        self.percent = min(100, self._register(_PERCENT))
        self.external = bool(self._register(_CONTROL) & _EXTERNAL)
