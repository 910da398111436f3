# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The SD card on the SD/MMC slot, through a bounce buffer in internal RAM.

ESP-IDF writes a buffer that lies in PSRAM sector by sector: 150 to 400 KB/s were reported. An allocation of at most
8 KiB comes from internal RAM (CONFIG_SPIRAM_MALLOC_ALWAYSINTERNAL), and one made early from the first,
internal part of the heap; so every transfer goes through 8 KiB that are allocated first.
"""

import machine
import vfs

MOUNT_POINT = "/sd"
BOUNCE_BYTES = 8192
SECTOR = 512


class BounceDevice:
    """A block device that hands the card nothing but its own small buffer."""

    def __init__(self, sd, bounce):
        self._sd = sd
        self._bounce = bounce

    def readblocks(self, sector, buffer):
        return self._pieces(sector, memoryview(buffer), self._read)

    def writeblocks(self, sector, buffer):
        return self._pieces(sector, memoryview(buffer), self._write)

    def _pieces(self, sector, view, transfer):
        size, at = len(view), 0
        while at < size:
            end = min(at + BOUNCE_BYTES, size)
            piece = view if size <= BOUNCE_BYTES else view[at:end]  # the recorder's writes need no slice
            # False: the card did not initialise; negative: errno. FatFs wants an error, not a short transfer.
            if transfer(sector + at // SECTOR, piece) != 0:
                raise OSError(5)
            at = end
        return 0

    def _room(self, piece):
        return self._bounce if len(piece) == BOUNCE_BYTES else self._bounce[: len(piece)]

    def _read(self, sector, piece):
        bounce = self._room(piece)
        result = self._sd.readblocks(sector, bounce)
        piece[:] = bounce
        return result

    def _write(self, sector, piece):
        bounce = self._room(piece)
        bounce[:] = piece
        return self._sd.writeblocks(sector, bounce)

    def ioctl(self, operation, argument):
        return self._sd.ioctl(operation, argument)


class Card:
    def __init__(self, config):
        self._config = config
        self._bounce = memoryview(bytearray(BOUNCE_BYTES))
        self._sd = None

    def mount(self):
        c = self._config
        self._sd = machine.SDCard(slot=c["slot"], width=c["width"], sck=c["sck"], cmd=c["cmd"], data=c["data"], freq=c["freq_hz"])
        try:
            vfs.mount(vfs.VfsFat(BounceDevice(self._sd, self._bounce)), MOUNT_POINT)
        except OSError:
            self._release()
            raise
        return MOUNT_POINT

    def unmount(self):
        try:
            vfs.umount(MOUNT_POINT)
        except OSError:  # it was not mounted, or the card is gone
            pass
        self._release()

    def _release(self):
        if self._sd is not None:
            self._sd.deinit()
            self._sd = None
