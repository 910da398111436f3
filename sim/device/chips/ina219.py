# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""INA219 current monitor with its shunt in the battery's line (TI SBOS448G, section 8.6). It reads a discharge as positive."""

from sim.device.i2c import no_register

RESET_CONFIG = 0x399F
READY = 0x0002
OVERFLOW = 0x0001


class Ina219:
    def __init__(self, source, shunt_milliohm=100):
        self._source, self._shunt_milliohm = source, shunt_milliohm
        self._config, self._calibration = RESET_CONFIG, 0

    def read(self, register, buffer):
        if len(buffer) != 2:
            raise no_register("INA219", register)
        buffer[:] = (self._word(register) & 0xFFFF).to_bytes(2, "big")

    def _word(self, register):
        words = (self._config, self._shunt(), self._bus(), self._power(), self._current(), self._calibration)
        if register >= len(words):
            raise no_register("INA219", register)
        return words[register]

    def _shunt(self):
        """10 uV a bit."""
        return -self._source.current_ma * self._shunt_milliohm // 10

    def _bus(self):
        """4 mV a bit; the calculated registers may overflow."""
        overflow = OVERFLOW if abs(self._scaled()) > 0x7FFF else 0
        return self._source.battery_mv // 4 << 3 | READY | overflow

    def _scaled(self):
        return self._shunt() * self._calibration // 4096

    def _current(self):
        """0 until it is calibrated, and never more than 16 bits hold."""
        return max(-0x8000, min(0x7FFF, self._scaled()))

    def _power(self):
        return abs(self._current()) * (self._source.battery_mv // 4) // 5000

    def write(self, register, data):
        value = int.from_bytes(data, "big")
        if register == 0 and len(data) == 2:
            self._config = value
        elif register == 5 and len(data) == 2:
            self._calibration = value & 0xFFFE  # bit 0 cannot be set
        else:
            raise no_register("INA219", register)
