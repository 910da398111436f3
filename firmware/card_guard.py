# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Stands between the file system and the card: what FAT itself does not defend itself against.

- The sectors of directories and FATs, which are read one at a time, are read until two readings agree: a bit that flipped
  on the way would be written back for good. Of the FAT the second reading is that of its copy, and where they differ they are mended.
- A card may keep what it is given in another order, and a power cut may come in between: a directory that names clusters which the FAT
  still calls free would share them with the next file. So what is written a sector at a time, as directories and FATs are, waits
  until the card has kept all before it.
- A counterfeit card has less than it says: what is written beyond its end lands on its beginning. Such writes are refused.
- A file that is closed after its card has failed would complain, on the console if the garbage collector does it: while
  the dead are buried, whatever they write goes nowhere. Nothing is allocated then, for the heap is locked.
"""

from firmware.compat import collect, const

SECTOR = const(512)
SYNC, COUNT = const(3), const(4)
EIO, EFBIG = const(5), const(27)
READINGS = const(4)
LEAST_SECTORS = const(1 << 15)  # 16 MiB: no card is smaller


class CardGuard:
    """A block device, to be used after `examine`. `sectors` can be trusted; `trouble` is "read" or "write" after an error of
    the card, else ""; `first` is the sector that a card is known by; `fats`, if there are two, are the Fats that are kept the same."""

    def __init__(self, device):
        self._device = device
        self._again = bytearray(SECTOR)
        self._is_deaf = False
        self.trouble = ""
        self.says_sectors = self.sectors = device.ioctl(COUNT, 0)
        self.first = b""
        self.fats = None

    def readblocks(self, sector, buffer):
        if self._is_deaf:
            return 0
        self.trouble = "read"
        if self.fats and len(buffer) == SECTOR and self.fats.hold(sector):
            self._read_fat(sector, buffer)
        else:
            self._read(sector, buffer)
        self.trouble = ""
        return 0

    def _read(self, sector, buffer):
        self._device.readblocks(sector, buffer)
        if len(buffer) == SECTOR:
            self._confirm(sector, buffer)

    def _read_fat(self, sector, buffer):
        fats = self.fats
        try:
            self._device.readblocks(sector, buffer)
            self._device.readblocks(sector + fats.distance, self._again)
            if self._again == buffer:
                return
        except OSError:  # of one of the two, maybe: then the other one mends it
            pass
        self.fats = None  # while it is mended a sector is one like any other
        try:
            fats.mend(self, sector, buffer)
        finally:
            self.fats = fats

    def _confirm(self, sector, buffer):
        for _ in range(READINGS):
            self._device.readblocks(sector, self._again)
            if self._again == buffer:
                return
            buffer[:] = self._again
        raise OSError(EIO)

    def writeblocks(self, sector, buffer):
        if self._is_deaf:
            return 0
        if sector + len(buffer) // SECTOR > self.sectors:
            raise OSError(EFBIG)
        self.trouble = "write"
        if len(buffer) == SECTOR:
            self._device.ioctl(SYNC, 0)
        self._device.writeblocks(sector, buffer)
        self.trouble = ""
        return 0

    def ioctl(self, operation, argument):
        return 0 if self._is_deaf else self._device.ioctl(operation, argument)

    def bury(self):
        """Close the files that nobody holds any more."""
        self._is_deaf = True
        collect()
        self._is_deaf = False

    # -- what the card is ----------------------------------------------------------------

    def examine(self):
        """Learn what it is. Raises OSError from the card."""
        self.first = self.sector(0)
        self.sectors = self._real_sectors()

    def sector(self, number):
        data = bytearray(SECTOR)
        self.readblocks(number, data)
        return data

    def is_same(self):
        """Whether the card still answers and begins as it did when it was opened."""
        try:
            return self.sector(0) == self.first
        except OSError:
            return False

    def _real_sectors(self):
        """Where a counterfeit card begins anew. They wrap at powers of two, so that its first sector is read there again."""
        sectors = LEAST_SECTORS
        if any(self.first):
            while sectors < self.says_sectors:
                if self.sector(sectors) == self.first:
                    return sectors
                sectors *= 2
        return self.says_sectors
