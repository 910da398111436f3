# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The SD card, on an SD/MMC or SPI slot of machine.SDCard, through one small buffer that is allocated first.

ESP-IDF 5 writes a buffer that lies in PSRAM sector by sector: 150 to 400 KB/s were reported, 1 MB/s and more from internal
RAM. Where the buffer lies is up to the build. The stock ones with PSRAM take even the first 64 KiB of the Python heap by a
malloc above CONFIG_SPIRAM_MALLOC_ALWAYSINTERNAL (8192), so probably from PSRAM: slow, until ESP-IDF moves several sectors at
once by itself (sdmmc_host_t.unaligned_multi_block_rw_max_chunk_size, ESP-IDF 6). Nobody has measured it yet.
"""

import machine
import vfs

MOUNT_POINT = "/sd"
BOUNCE_BYTES = 8192
SECTOR = 512
ENODEV, EIO = 19, 5


class BounceDevice:
    """A block device that hands the card nothing but its own small buffer.

    After `close` it answers with ENODEV: nothing that is written late may reach the next card.
    """

    def __init__(self, sd, bounce):
        self._sd = sd
        self._bounce = bounce

    def readblocks(self, sector, buffer):
        return self._pieces(sector, memoryview(buffer), self._read)

    def writeblocks(self, sector, buffer):
        return self._pieces(sector, memoryview(buffer), self._write)

    def _pieces(self, sector, view, transfer):
        size, at = len(view), 0
        self._check()
        while at < size:
            end = min(at + BOUNCE_BYTES, size)
            piece = view if size <= BOUNCE_BYTES else view[at:end]  # the recorder's writes need no slice
            result = transfer(sector + at // SECTOR, piece)
            if result is False or result != 0:  # False, which equals 0: the card did not initialise; negative: errno
                raise OSError(EIO)
            at = end
        return 0

    def _check(self):
        if self._sd is None:
            raise OSError(ENODEV)

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
        self._check()
        return self._sd.ioctl(operation, argument)

    def close(self):
        sd, self._sd = self._sd, None
        if sd is not None:
            sd.deinit()


class Card:
    def __init__(self, config):
        self._config = config
        self._bounce = memoryview(bytearray(BOUNCE_BYTES))
        self._device = None

    def open(self):
        self._release()
        c = self._config
        sd = machine.SDCard(slot=c["slot"], width=c["width"], freq=c["freq_hz"], **c["pins"])
        self._device = BounceDevice(sd, self._bounce)
        try:
            sd.info()  # starts the card
        except OSError:  # with a number of ESP-IDF
            self._release()
            raise OSError(ENODEV)  # noqa: B904  MicroPython has no exception chaining, and says so on the console
        return self._device

    def mount(self, device):
        vfs.mount(vfs.VfsFat(device), MOUNT_POINT)  # pyright: ignore[reportArgumentType]  any object with these methods will do
        return MOUNT_POINT

    def about(self):
        return ""

    def unmount(self):
        try:
            vfs.umount(MOUNT_POINT)
        except OSError:  # it was not mounted, or the card is gone
            pass
        self._release()

    def _release(self):
        if self._device is not None:
            self._device.close()
            self._device = None
