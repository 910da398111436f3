# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the flasher stub does otherwise than the ROM: it erases as it writes, erases at will, and reads in a stream.

The stub that esptool uploads is not run: the loader takes on its manners when it has been started.
"""

import hashlib
import struct

from sim.rom.chips import Rom
from sim.rom.commands import Commands, security_info
from sim.rom.nor import NorFlash
from sim.rom.packets import Refused, Reply, Request, Status
from sim.rom.registers import Registers

HELLO = b"OHAI"


class StubCommands(Commands):
    """`reading` is the stream that has been asked for; while it runs, the host's packets are its acknowledgements."""

    erases_first = False
    sync_value = 0

    def __init__(self, rom: Rom, flash: NorFlash, registers: Registers) -> None:
        super().__init__(rom, flash, registers)
        self.reading: Reading | None = None
        self.table |= {
            0x02: (20, self._begin),
            0x0D: (4, self._acknowledge),
            0x10: (20, self._begin),
            0xD0: (0, self._erase_all),
            0xD1: (8, self._erase_region),
            0xD2: (16, self._read),
        }
        if rom.has_security_info:
            self.table[0x14] = (0, lambda request: security_info(rom))

    def status(self, refused: Status | None) -> bytes:
        return refused.value[1] if refused else b"\0\0"

    def digest(self, md5: bytes) -> bytes:
        return md5

    def finish(self, stay: bool) -> None:
        self.restarts = not stay

    def _begin(self, request: Request) -> Reply:
        size, _blocks, _block_size, offset, _encrypt = request.words()
        return self.begin(offset, size)

    def _erase_all(self, request: Request) -> Reply:
        self.flash.erase(0, self.flash.size)
        return Reply()

    def _erase_region(self, request: Request) -> Reply:
        self.flash.erase(*request.words())
        return Reply()

    def _read(self, request: Request) -> Reply:
        offset, size, block_size, window = request.words()
        if not block_size or not window:
            raise Refused(Status.INVALID)
        self.reading = Reading(self.flash.read(offset, size), block_size, window)
        return Reply()


class Reading:
    """A stream of blocks, so many ahead of what the host has acknowledged; at its end the digest of all."""

    def __init__(self, data: bytes, block_size: int, window: int) -> None:
        self._data, self._block_size, self._ahead = data, block_size, block_size * window
        self._sent = 0
        self._acknowledged = 0
        self.done = False

    def packets(self) -> list[bytes]:
        """What may be sent now."""
        until = min(self._acknowledged + self._ahead, len(self._data))
        found = [self._data[at : at + self._block_size] for at in range(self._sent, until, self._block_size)]
        self._sent += sum(map(len, found))
        self.done = self._acknowledged >= len(self._data)
        return [*found, hashlib.md5(self._data, usedforsecurity=False).digest()] if self.done else found

    def acknowledge(self, packet: bytes) -> None:
        if len(packet) == 4:
            (self._acknowledged,) = struct.unpack("<I", packet)
