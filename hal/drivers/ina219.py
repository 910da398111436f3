# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""INA219 current monitor between battery and board: voltage and current, nothing about what is left.

Registers of 16 bits, big-endian: INA219 datasheet, SBOS448G, section 8.6. The shunt lies so that a discharge reads positive.
"""

from firmware.compat import const
from hal.drivers.gauge import Gauge

ADDRESS = const(0x40)
_CONFIG, _BUS, _CURRENT, _CALIBRATION = const(0x00), const(0x02), const(0x04), const(0x05)
_CONTINUOUS = const(0x1FFF)  # 16 V range, +-320 mV over the shunt, both converted in 12 bits all the time
_OVERFLOW = const(0x0001)
_CURRENT_UA_PER_BIT = const(100)
_EIO = const(5)


class Ina219(Gauge):
    def __init__(self, bus, address=ADDRESS, shunt_milliohm=100):
        self._bus, self._address = bus, address
        self._word = bytearray(2)
        self._calibration = 40_960_000 // (_CURRENT_UA_PER_BIT * shunt_milliohm)  # 0.04096 / (A per bit * ohm)
        self._write(_CONFIG, _CONTINUOUS)

    def _write(self, number, value):
        self._word[0], self._word[1] = value >> 8, value & 0xFF
        self._bus.writeto_mem(self._address, number, self._word)

    def _register(self, number):
        self._bus.readfrom_mem_into(self._address, number, self._word)
        return self._word[0] << 8 | self._word[1]

    def read(self):
        self._write(_CALIBRATION, self._calibration)  # each time: a spike of the supply resets it, and the current then reads 0
        bus = self._register(_BUS)
        if bus & _OVERFLOW:
            raise OSError(_EIO)
        self.battery_mv = (bus >> 3) * 4
        raw = self._register(_CURRENT)
        self.current_ma = -(raw - (raw >> 15 << 16)) * _CURRENT_UA_PER_BIT // 1000
