# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""MAX17048 fuel gauge: voltage and ModelGauge percentage of one lithium cell; it knows no current.

That the percentage rises is all it can tell of a charger: one that gives less than the board draws it does not see.

Registers of 16 bits, big-endian: MAX17048/MAX17049 datasheet, table 2.
"""

from firmware.compat import const
from hal.drivers.gauge import Gauge, expect

ADDRESS = const(0x36)
_VCELL, _SOC, _VERSION, _RATE = const(0x02), const(0x04), const(0x08), const(0x16)
_ANY_REVISION = const(0xFFF0)
_IC = const(0x0010)
_NEGATIVE = const(0x8000)
_CHARGES = const(5)  # steps of 0.208 % an hour; less may be noise


class Max17048(Gauge):
    def __init__(self, bus, address=ADDRESS):
        self._bus, self._address = bus, address
        self._word = bytearray(2)
        expect(self._register(_VERSION) & _ANY_REVISION, _IC, "MAX17048")

    def _register(self, number):
        self._bus.readfrom_mem_into(self._address, number, self._word)
        return self._word[0] << 8 | self._word[1]

    def read(self):
        self.battery_mv = self._register(_VCELL) * 5 // 64  # 78.125 uV a bit
        self.percent = min(100, self._register(_SOC) >> 8)  # 1/256 % a bit; it may pass 100 after a charge
        self.external = True if _CHARGES <= self._register(_RATE) < _NEGATIVE else None
