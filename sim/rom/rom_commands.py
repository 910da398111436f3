# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What only the ROM's own loader does: it takes code into RAM, and it knows the flash by small pieces."""

from sim.rom.chips import Rom
from sim.rom.commands import Commands, security_info
from sim.rom.nor import NorFlash
from sim.rom.packets import Refused, Reply, Request, Status
from sim.rom.registers import Registers

_SLOW_READ_BYTES = 64
_RESERVED = b"\0\0"


class RomCommands(Commands):
    """`stub_runs` is set when code that was loaded into RAM has been started; what code that is, nobody looks."""

    erases_first = True
    sync_value = 0x20120707

    def __init__(self, rom: Rom, flash: NorFlash, registers: Registers) -> None:
        super().__init__(rom, flash, registers)
        self.stub_runs = False
        self._blocks_to_come: int | None = None
        self.table |= {
            0x02: (rom.begin_bytes, self._flash_begin),
            0x05: (16, self._memory_begin),
            0x06: (8, self._memory_end),
            0x07: (None, self._memory_data),
            0x0D: (8, self._acknowledge),
            0x0E: (8, self._slow_read),
            0x10: (rom.begin_bytes, self._flash_begin),
        }
        if rom.has_security_info:
            self.table[0x14] = (0, lambda request: security_info(rom))

    def status(self, refused: Status | None) -> bytes:
        return (refused.value[0] if refused else b"\0\0") + _RESERVED

    def digest(self, md5: bytes) -> bytes:
        return md5.hex().encode()

    def finish(self, stay: bool) -> None:
        self.runs = stay  # "stay" is out of the loader, in the application
        self.restarts = not stay

    def _flash_begin(self, request: Request) -> Reply:
        _size, blocks, block_size, offset = request.words()[:4]
        return self.begin(offset, blocks * block_size)

    def _memory_begin(self, request: Request) -> Reply:
        self._blocks_to_come = request.words()[1]
        return Reply()

    def _memory_data(self, request: Request) -> Reply:
        request.block()
        if not self._blocks_to_come:
            raise Refused(Status.CANNOT)
        self._blocks_to_come -= 1
        return Reply()

    def _memory_end(self, request: Request) -> Reply:
        if self._blocks_to_come != 0:
            raise Refused(Status.CANNOT)
        stay, entry = request.words()
        self.stub_runs = not stay and entry != 0
        return Reply()

    def _slow_read(self, request: Request) -> Reply:
        offset, size = request.words()
        if size > _SLOW_READ_BYTES:
            raise Refused(Status.READ)
        return Reply(data=self.flash.read(offset, size).ljust(_SLOW_READ_BYTES, b"\0"))
