# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""MAX17048 fuel gauge (Maxim/Analog MAX17048/MAX17049 datasheet, table 2)."""

from sim.device.i2c import no_register

VERSION = 0x0012


class Max17048:
    def __init__(self, source):
        self._source = source
        self._fixed = {0x06: 0, 0x08: VERSION, 0x0A: 0x8030, 0x0C: 0x971C, 0x14: 0x00FF, 0x18: 0x9600, 0x1A: 0x0100}

    def read(self, register, buffer):
        """Registers are words, most significant byte first; a longer read goes on with the next."""
        for at in range(0, len(buffer), 2):
            buffer[at : at + 2] = (self._word(register + at) & 0xFFFF).to_bytes(2, "big")[: len(buffer) - at]

    def _word(self, register):
        source = self._source
        if register == 0x02:
            return source.battery_mv * 64 // 5
        if register == 0x04:
            return int(source.percent * 256)
        if register == 0x16:
            return int(source.percent_per_hour / 0.208)
        if register in self._fixed:
            return self._fixed[register]
        raise no_register("MAX17048", register)

    def write(self, register, data):
        if register not in (0x06, 0x0A, 0x0C, 0x14, 0x18, 0x1A) or len(data) != 2:
            raise no_register("MAX17048", register)
        self._fixed[register] = int.from_bytes(data, "big")
