# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The chip's registers as the loader lets them be read and written, with the SPI engine that asks the flash chip who it is."""

from sim.rom.chips import Rom

_RUN = 1 << 18
_JEDEC_ID = 0x9F
_MAKER, _KIND = 0x20, 0x40


class Registers:
    """A register that is not modelled reads as 0 until it is written."""

    def __init__(self, rom: Rom, flash_bytes: int) -> None:
        self._spi = rom.spi
        self._values = dict(rom.registers)
        # The id's third byte is the exponent of the size; 05, 15, 35 are status registers, all clear, 5A is a table that is not there.
        self._answers = {_JEDEC_ID: _MAKER | _KIND << 8 | (flash_bytes.bit_length() - 1) << 16}

    def read(self, address: int) -> int:
        return self._values.get(address, 0)

    def write(self, address: int, value: int, mask: int = 0xFFFFFFFF) -> None:
        self._values[address] = self.read(address) & ~mask | value & mask
        if address == self._spi.command and value & _RUN:
            self._run()

    def _run(self) -> None:
        self._values[self._spi.word0] = self._answers.get(self.read(self._spi.user2) & 0xFF, 0)
        self._values[self._spi.command] = 0
