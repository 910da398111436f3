# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The commands that the ROM's loader and the stub have in common, and where the two differ.

A command is refused when it is unknown, when its parameters have the wrong length, when its checksum is wrong, and
when nothing of its kind has begun.
"""

import struct
from collections.abc import Callable

from sim.rom.chips import Rom
from sim.rom.download import Download
from sim.rom.nor import NorError, NorFlash
from sim.rom.packets import Refused, Reply, Request, Status
from sim.rom.registers import Registers

SYNC = 0x08
_SYNC_BODY = b"\x07\x07\x12\x20" + b"\x55" * 32
_ANY = None

Handler = Callable[[Request], Reply]
Table = dict[int, tuple[int | None, Handler]]


class Commands:
    """`runs` is set when the loader has been left for the application, `restarts` when the chip was told to reset into its ROM."""

    erases_first: bool
    sync_value: int

    def __init__(self, rom: Rom, flash: NorFlash, registers: Registers) -> None:
        self.rom, self.flash, self.registers = rom, flash, registers
        self.runs = False
        self.restarts = False
        self._download: Download | None = None
        self.table: Table = {
            0x03: (_ANY, self._flash_data),
            0x04: (4, self._flash_end),
            SYNC: (36, self._sync),
            0x09: (16, self._write_register),
            0x0A: (4, self._read_register),
            0x0B: (24, self._acknowledge),  # the size of the flash chip, which it knows itself
            0x0F: (8, self._acknowledge),  # the baud rate: nothing is slow here
            0x11: (_ANY, self._deflated_data),
            0x12: (4, self._flash_end),
            0x13: (16, self._md5),
        }

    def run(self, request: Request) -> Reply:
        """Raises Refused."""
        if request.command not in self.table:
            raise Refused(Status.INVALID)
        length, handler = self.table[request.command]
        if length is not None and length != len(request.body):
            raise Refused(Status.INVALID)
        try:
            return handler(request)
        except NorError as error:
            raise Refused(Status.CANNOT) from error

    def status(self, refused: Status | None) -> bytes:
        raise NotImplementedError

    def digest(self, md5: bytes) -> bytes:
        raise NotImplementedError

    def begin(self, offset: int, size: int) -> Reply:
        """A write begins; of no bytes it is only a polite way to say END."""
        self._download = Download(self.flash, offset, size, self.erases_first)
        return Reply()

    def finish(self, stay: bool) -> None:
        """A write has ended, and so has the loader."""
        raise NotImplementedError

    def _flash_data(self, request: Request) -> Reply:
        self._writing().take(*request.block())
        return Reply()

    def _deflated_data(self, request: Request) -> Reply:
        self._writing().take_deflated(*request.block())
        return Reply()

    def _flash_end(self, request: Request) -> Reply:
        self._writing()
        self._download = None
        self.finish(request.words()[0] != 0)
        return Reply()

    def _writing(self) -> Download:
        if self._download is None:
            raise Refused(Status.CANNOT)
        return self._download

    def _sync(self, request: Request) -> Reply:
        if request.body != _SYNC_BODY:
            raise Refused(Status.INVALID)
        return Reply(self.sync_value)

    def _write_register(self, request: Request) -> Reply:
        address, value, mask, _delay_us = request.words()
        self.registers.write(address, value, mask)
        return Reply()

    def _read_register(self, request: Request) -> Reply:
        return Reply(self.registers.read(request.words()[0]))

    def _acknowledge(self, request: Request) -> Reply:
        return Reply()

    def _md5(self, request: Request) -> Reply:
        offset, size, _, _ = request.words()
        return Reply(data=self.digest(self.flash.md5(offset, size)))


def security_info(rom: Rom) -> Reply:
    """No fuse of security is blown; the chip says which one it is."""
    return Reply(data=struct.pack("<I8xII", 0, rom.chip.image_id, 0))
