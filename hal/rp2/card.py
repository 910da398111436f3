# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The SD card on SPI by micropython-lib's `sdcard` driver, as it is published, with three of its faults kept away.

A block that the card refuses is dropped without a word; a card that stays busy is waited for without end; and of a card's size
the upper bits are not read, which makes 64 GB and more too small. The driver's bus is watched for the first two.
"""

from time import ticks_diff, ticks_ms  # pyright: ignore[reportAttributeAccessIssue]  (stubs of CPython)

import machine
import sdcard
import vfs

MOUNT_POINT = "/sd"
SECTOR = 512
BUSY_MS = 1000  # SD Physical Layer 9.00, 4.6.2: an SDXC card may take 500 ms over a write
START_BLOCK, START_BLOCK_OF_MANY, STOP_MANY = 0xFE, 0xFC, 0xFD
IDLE_BYTE = 0xFF
SEND_CSD, SEND_STATUS = 9, 13
SYNC, COUNT, SIZE = 3, 4, 5
EIO, ENODEV, ETIMEDOUT = 5, 19, 110
_QUIET, _AWAITS_RESPONSE, _IS_BUSY = 0, 1, 2


class WatchedBus:
    """machine.SPI as the driver uses it. The driver reads single bytes for nothing but sending tokens, the card's word on a block,
    and waiting while it is busy; so what such a byte means follows from the token before it."""

    def __init__(self, spi):
        self.init, self.write, self.readinto, self.write_readinto = spi.init, spi.write, spi.readinto, spi.write_readinto
        self._byte = bytearray(1)
        self._expects, self._since_ms = _QUIET, 0

    def read(self, _count, sent):
        self.readinto(self._byte, sent)
        if sent in (START_BLOCK, START_BLOCK_OF_MANY):
            self._expects = _AWAITS_RESPONSE
        elif sent == STOP_MANY:
            self._begin_busy()
        elif self._expects == _AWAITS_RESPONSE:
            self._begin_busy()
            if self._byte[0] & 0x1F != 0x05:
                raise OSError(EIO)
        elif self._byte[0] == 0 and ticks_diff(ticks_ms(), self._since_ms) > BUSY_MS:
            raise OSError(ETIMEDOUT)
        return self._byte

    def _begin_busy(self):
        self._expects, self._since_ms = _IS_BUSY, ticks_ms()

    def wait(self):
        """While the card is busy, which takes no token."""
        self._begin_busy()
        while self.read(1, IDLE_BYTE)[0] == 0:
            pass


class SpiDevice:
    """The card as a block device. After `close` it answers with ENODEV: nothing that is written late may reach the next card."""

    def __init__(self, driver, bus, select):
        self._driver, self._bus, self._select = driver, bus, select
        self._sectors = _sectors(driver)

    def readblocks(self, sector, buffer):
        driver = self._live()
        try:
            driver.readblocks(sector, buffer)
        except OSError as error:
            self._select(1)
            raise _numbered(error)  # noqa: B904  see hal/rp2/camera.py
        return 0

    def writeblocks(self, sector, buffer):
        driver = self._live()
        try:
            driver.writeblocks(sector, buffer)
        except OSError as error:
            self._end_writing(driver, len(buffer) > SECTOR)
            raise _numbered(error)  # noqa: B904
        return 0

    def _end_writing(self, driver, of_many):
        """The driver was left in the middle: a card that is busy, or awaits another block, would take a command for something else."""
        try:
            self._select(0)
            self._bus.wait()
            if of_many:
                driver.write_token(STOP_MANY)
        except OSError:  # it stays busy, or is gone
            pass
        self._select(1)

    def ioctl(self, operation, argument):
        driver = self._live()
        if operation == SYNC:
            return self._do_sync(driver)
        return {COUNT: self._sectors, SIZE: SECTOR}.get(operation)

    def _do_sync(self, driver):
        """In SPI mode a card keeps what it has taken; it is asked whether it really could."""
        if driver.cmd(SEND_STATUS, 0, 0, -1) != 0 or driver.tokenbuf[0] != 0:
            raise OSError(EIO)
        return 0

    def _live(self):
        if self._driver is None:
            raise OSError(ENODEV)
        return self._driver

    def close(self):
        self._driver = None


def _numbered(error):
    """The driver raises words too."""
    return OSError(error.args[0] if isinstance(error.args[0], int) else EIO)


def _sectors(driver):
    """Of a card of more than 32 GB the driver reads 16 bits of 22 (CSD version 2, C_SIZE)."""
    csd = bytearray(16)
    if driver.cmd(SEND_CSD, 0, 0, 0, False) != 0:
        raise OSError(EIO)
    driver.readinto(csd)
    if csd[0] >> 6 != 1:  # an old card of 2 GB at most: its size is right
        return driver.sectors
    return (((csd[7] & 0x3F) << 16 | csd[8] << 8 | csd[9]) + 1) * 1024


class Card:
    def __init__(self, config):
        self._config = config
        self._device = None

    def open(self):
        self._release()
        c, pins = self._config, self._config["pins"]
        spi = machine.SPI(c["slot"], sck=machine.Pin(pins["sck"]), mosi=machine.Pin(pins["mosi"]), miso=machine.Pin(pins["miso"]))
        select = machine.Pin(pins["cs"], machine.Pin.OUT, value=1)
        try:
            bus = WatchedBus(spi)
            self._device = SpiDevice(sdcard.SDCard(bus, select, c["freq_hz"]), bus, select)
        except OSError:
            raise OSError(ENODEV)  # noqa: B904  see hal/rp2/camera.py
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
