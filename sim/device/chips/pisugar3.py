# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The I2C registers of a PiSugar 3 that tell of its battery (PiSugar 3 I2C datasheet). Write-protected, as it is delivered."""

from sim.device.i2c import no_register

_VERSION, _CONTROL, _MV_HIGH, _MV_LOW, _PERCENT = 0x00, 0x02, 0x22, 0x23, 0x2A
_EXTERNAL, _OUTPUT = 0x80, 0x20
_EXTERNAL_MV = 4000  # about what its charger takes for one


class Pisugar3:
    def __init__(self, source):
        self._source = source

    def read(self, register, buffer):
        buffer[:] = bytes(self._value(register + at) for at in range(len(buffer)))

    def _value(self, register):
        source = self._source
        if register == _VERSION:
            return 3
        if register == _CONTROL:
            return _OUTPUT | (_EXTERNAL if source.external_mv > _EXTERNAL_MV else 0)
        if register == _MV_HIGH:
            return source.battery_mv >> 8
        if register == _MV_LOW:
            return source.battery_mv & 0xFF
        if register == _PERCENT:
            return int(source.percent)
        raise no_register("PiSugar 3", register)

    def write(self, register, data):
        raise no_register("PiSugar 3", register)
