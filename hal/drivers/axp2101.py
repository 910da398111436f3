# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""AXP2101 power management: gauge, charger and the rails of a board, the camera's among them.

Registers of 8 bits: X-Powers AXP2101 datasheet; lewisxhe/XPowersLib, AXP2101Constants.h.
"""

from firmware.compat import const
from hal.drivers.gauge import Gauge, expect

ADDRESS = const(0x34)
_CHIP_ID, _STATUS1, _OFF = const(0x03), const(0x00), const(0x10)
_ADC, _VBAT, _PERCENT = const(0x30), const(0x34), const(0xA4)
_RAILS, _ALDO1 = const(0x90), const(0x92)
_ID = const(0x4A)
_VBUS_GOOD = const(0x20)
_MEASURE_BATTERY, _MEASURE_TS = const(0x01), const(0x02)
_POWER_OFF = const(0x01)
_VOLTAGES = (0,) + tuple(range(500, 3600, 100))
_RAIL_NAMES = ("aldo1", "aldo2", "aldo3", "aldo4")


class Axp2101(Gauge):
    def __init__(self, bus, address=ADDRESS):
        self._bus, self._address = bus, address
        self._byte, self._word = bytearray(1), bytearray(2)
        expect(self._register(_CHIP_ID), _ID, "AXP2101")
        # It will not charge while it looks for the cell's thermistor, which boards do not have (LilyGO's README, tip 3).
        self._change(_ADC, _MEASURE_BATTERY | _MEASURE_TS, _MEASURE_BATTERY)

    def _register(self, number):
        self._bus.readfrom_mem_into(self._address, number, self._byte)
        return self._byte[0]

    def _write(self, number, value):
        self._byte[0] = value
        self._bus.writeto_mem(self._address, number, self._byte)

    def _change(self, number, mask, value):
        self._write(number, self._register(number) & ~mask | value)

    def read(self):
        self._bus.readfrom_mem_into(self._address, _VBAT, self._word)
        self.battery_mv = (self._word[0] & 0x1F) << 8 | self._word[1]
        self.percent = min(100, self._register(_PERCENT))
        self.external = bool(self._register(_STATUS1) & _VBUS_GOOD)

    def rail(self, name, millivolts):
        """Switch one of aldo1..aldo4 on with a voltage (500 to 3500 mV, steps of 100), or off with 0.

        ValueError: no such rail or voltage.
        """
        if name not in _RAIL_NAMES or millivolts not in _VOLTAGES:
            raise ValueError("no rail %s with %d mV" % (name, millivolts))
        number = _RAIL_NAMES.index(name)
        if millivolts:
            self._write(_ALDO1 + number, (millivolts - 500) // 100)
        self._change(_RAILS, 1 << number, (1 << number) if millivolts else 0)

    def power_off(self):
        """Cut all rails: only the power key or a charger starts the board again."""
        self._change(_OFF, _POWER_OFF, _POWER_OFF)
