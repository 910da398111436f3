# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""AXP2101 power management (X-Powers datasheet; lewisxhe/XPowersLib, AXP2101Constants.h): the registers a recorder needs."""

from sim.device.i2c import no_register

CHIP_ID = 0x4A
ALDO_ON_AT_START = 0x00
MEASURE_BATTERY, MEASURE_TS = 0x01, 0x02  # of register 0x30; no cell here has the thermistor that TS is for
RAILS = ("aldo1", "aldo2", "aldo3", "aldo4")


class Axp2101:
    """`rail_mv(name)` tells what a rail gives; `on_rails()` is called when one changed, `on_off()` at the power-off command."""

    def __init__(self, source, on_rails=None, on_off=None):
        self._source, self._on_rails, self._on_off = source, on_rails, on_off
        self._kept = {0x10: 0x30, 0x30: MEASURE_TS, 0x62: 0x05, 0x64: 0x03, 0x90: ALDO_ON_AT_START, 0x92: 0, 0x93: 0, 0x94: 0, 0x95: 0}
        source.charges = False

    def rail_mv(self, name):
        number = RAILS.index(name)
        return (self._kept[0x92 + number] & 0x1F) * 100 + 500 if self._kept[0x90] >> number & 1 else 0

    def read(self, register, buffer):
        for at in range(len(buffer)):
            buffer[at] = self._byte(register + at)

    def _byte(self, register):
        if register in self._kept:
            return self._kept[register]
        source = self._source
        battery_mv = source.battery_mv if self._kept[0x30] & MEASURE_BATTERY else 0  # nothing is measured until its ADC is on
        table = {
            0x00: 0x20 if source.external_mv else 0,
            0x01: (1 if source.current_ma > 0 else 2 if source.current_ma < 0 else 0) << 5 | (0 if source.external_mv else 8),
            0x03: CHIP_ID,
            0x34: battery_mv >> 8 & 0x1F,
            0x35: battery_mv & 0xFF,
            0x38: source.external_mv >> 8 & 0x3F,
            0x39: source.external_mv & 0xFF,
            0xA4: int(source.percent),
        }
        if register not in table:
            raise no_register("AXP2101", register)
        return table[register]

    def write(self, register, data):
        for at in range(len(data)):
            self._set(register + at, data[at])

    def _set(self, register, value):
        if register not in self._kept:
            raise no_register("AXP2101", register)
        before, self._kept[register] = self._kept[register], value
        if register == 0x30:
            self._source.charges = not value & MEASURE_TS
        if register == 0x10 and value & 1 and self._on_off:
            self._on_off()
        if register in (0x90, 0x92, 0x93, 0x94, 0x95) and value != before and self._on_rails:
            self._on_rails()
