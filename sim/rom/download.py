# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One write to the flash, from its BEGIN on: blocks in their order, as they are or deflated, and never past its end."""

import zlib

from sim.rom.nor import SECTOR, NorFlash
from sim.rom.packets import Refused, Status


class Download:
    """The ROM erases before the first block, the stub as it comes to each sector."""

    def __init__(self, flash: NorFlash, offset: int, size: int, erase_first: bool) -> None:
        self._flash = flash
        self._at, self._end = offset, offset + size
        self._next = 0
        self._inflater = zlib.decompressobj()
        self._erased_to = offset
        if erase_first:
            self._erase_to(self._end)

    def take(self, number: int, data: bytes) -> None:
        """A block as it is; the last one is filled up with what is not written. Raises Refused."""
        self._count(number)
        self._write(data[: self._end - self._at])

    def take_deflated(self, number: int, data: bytes) -> None:
        """Raises Refused."""
        self._count(number)
        try:
            inflated = self._inflater.decompress(data)
        except zlib.error as error:
            raise Refused(Status.INFLATE) from error
        if len(inflated) > self._end - self._at:
            raise Refused(Status.TOO_MUCH)
        self._write(inflated)

    def _count(self, number: int) -> None:
        if number != self._next:
            raise Refused(Status.CANNOT)
        self._next += 1

    def _write(self, data: bytes) -> None:
        self._erase_to(self._at + len(data))
        self._flash.program(self._at, data)
        self._at += len(data)

    def _erase_to(self, end: int) -> None:
        if end > self._erased_to:
            self._flash.erase(self._erased_to, end - self._erased_to)
            self._erased_to = -(-end // SECTOR) * SECTOR
