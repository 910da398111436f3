# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The I2C bus of the simulated board: `machine.I2C` over chips that are modelled register by register.

An address nobody has is not acknowledged: OSError(ENODEV), as the esp32 port says it. A register that a chip does not have
raises ValueError, for a real one would answer with something that means nothing.
"""

ENODEV = 19
BITS_A_BYTE = 9  # with its acknowledge


def make_i2c(wired, chips, clock):
    """`machine.I2C` of a board. `wired`: (scl, sda) of the board; `chips`: address -> chip."""

    class I2C:
        def __init__(self, id=0, *, scl=None, sda=None, freq=400_000, timeout=50_000):
            if id not in (0, 1):
                raise ValueError("I2C(%d) doesn't exist" % id)
            self._hz, self.pins = freq, (_number(scl), _number(sda))
            self._chips = chips if self.pins == tuple(wired) else {}

        def scan(self):
            self._pass(112)
            return sorted(self._chips)

        def _chip(self, address, length):
            self._pass(length + 3)
            chip = self._chips.get(address)
            if chip is None or not getattr(chip, "answers", _always)():
                raise OSError(ENODEV)
            return chip

        def _pass(self, length):
            clock.advance_us(length * BITS_A_BYTE * 1_000_000 // self._hz)

        def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
            self._chip(address, len(buffer)).read(register, buffer)

        def readfrom_mem(self, address, register, length, *, addrsize=8):
            data = bytearray(length)
            self.readfrom_mem_into(address, register, data)
            return bytes(data)

        def writeto_mem(self, address, register, data, *, addrsize=8):
            self._chip(address, len(data)).write(register, data)

        def writeto(self, address, data):
            self._chip(address, len(data)).take(data)
            return len(data)

        def readfrom_into(self, address, buffer):
            self._chip(address, len(buffer)).give(buffer)

    return I2C


def make_buses(of_pins, clock):
    """`machine.I2C` of a board with several: (scl, sda) -> chips, and with other pins there is nobody."""

    def I2C(id=0, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        wired = _number(scl), _number(sda)
        return make_i2c(wired, of_pins.get(wired, {}), clock)(id, scl=scl, sda=sda, freq=freq, timeout=timeout)

    return I2C


def _always():
    """Most chips answer as long as the board has power."""
    return True


def _number(pin):
    return getattr(pin, "_number", pin)


def no_register(chip, number):
    """What a permissive simulator would hide."""
    return ValueError("%s has no register %#04x that can be used so" % (chip, number))
