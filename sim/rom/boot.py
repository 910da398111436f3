# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What ROM, bootloader and MicroPython make of the flash at a reset: a file system to run, or a complaint.

The messages are those of the ROM, of ESP-IDF's bootloader and of MicroPython's inisetup.py, from memory.
"""

import struct

from littlefs import UserContext
from littlefs.errors import LittleFSError

from host_tools.flashing import app_image, partition_table
from host_tools.flashing.file_system import attached
from host_tools.flashing.partition_table import NoTable, Row
from sim.rom.chips import Rom
from sim.rom.nor import NorFlash

_CORRUPT = """\
The filesystem appears to be corrupted. If you had important data there, you\r
may want to make a flash snapshot to try to recover it. Otherwise, perform\r
factory reprogramming of MicroPython firmware (completely erase flash, followed\r
by firmware programming).\r
"""
_NOT_BOOTABLE = "E (84) boot: Factory app partition is not bootable\r\nE (90) boot: No bootable app partitions in the partition table\r\n"
_FIRST_BOOT_PY = b"# This file is executed on every boot (including wake-boot from deepsleep)\n"


class Stuck(Exception):
    """The chip gets no further than these words, which it says each `again_s`; if it `resets`, from the ROM's greeting on."""

    def __init__(self, words: str, again_s: float = 1.0, resets: bool = True) -> None:
        super().__init__(words)
        self.words, self.again_s, self.resets = words, again_s, resets


def start(rom: Rom, flash: NorFlash) -> Row:
    """The partition of the file system that MicroPython runs from. Raises Stuck."""
    header = flash.read(rom.chip.bootloader_offset, app_image.HEADER_BYTES)
    if app_image.image_id(header) != rom.chip.image_id:
        raise Stuck("invalid header: %#010x\r\n" % struct.unpack_from("<I", header), 0.2)
    rows = _rows(flash)
    _check_application(rom, flash, rows)
    row = partition_table.named(rows, "vfs")
    if row is None:
        raise Stuck("OSError: no partition vfs\r\n", 3.0, resets=False)
    _check_files(flash, row)
    return row


def _rows(flash: NorFlash) -> list[Row]:
    try:
        return partition_table.completed(partition_table.parse(flash.read(partition_table.OFFSET, partition_table.SIZE)), flash.size)
    except NoTable as error:
        words = (
            f"E (45) flash_parts: {error}\r\nE (47) boot: Failed to verify partition table\r\nE (52) boot: load partition table error!\r\n"
        )
        raise Stuck(words) from error


def _check_application(rom: Rom, flash: NorFlash, rows: list[Row]) -> None:
    row = partition_table.application(rows)
    found = app_image.image_id(flash.read(row.offset, app_image.HEADER_BYTES)) if row else None
    if found == rom.chip.image_id:
        return
    if row and found is not None:
        why = f"boot_comm: mismatch chip ID, expected {rom.chip.image_id}, found {found}"
    else:
        why = f"esp_image: image at {row.offset if row else 0:#x} has invalid magic byte (nothing flashed here?)"
    raise Stuck(f"E (78) {why}\r\n{_NOT_BOOTABLE}")


def _check_files(flash: NorFlash, row: Row) -> None:
    """MicroPython makes a file system where all is erased, and refuses to touch what it does not know."""
    data = bytearray(flash.read(row.offset, row.size))
    fs = attached(UserContext(buffer=data), row.size)
    try:
        fs.mount()
    except LittleFSError as error:
        if data.strip(b"\xff"):
            raise Stuck(_CORRUPT, 3.0, resets=False) from error
        fs.format()
        fs.mount()
        with fs.open("boot.py", "wb") as file:
            file.write(_FIRST_BOOT_PY)
        flash.program(row.offset, bytes(data))
