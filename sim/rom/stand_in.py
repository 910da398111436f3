# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A file in the place of MicroPython's firmware.bin: right headers and partition table around bytes without meaning.

It flashes as the real one does; the simulated board boots its own MicroPython when it finds such an application.
"""

from random import Random
from typing import Any

from host_tools.flashing import app_image, partition_table
from host_tools.flashing.chips import chip_of
from host_tools.flashing.partition_table import application, of_board

_RAM, _FLASH_CODE = 0x3FFB0000, 0x400D0000
_BOOTLOADER_BYTES, APPLICATION_BYTES = 12_000, 100_000


def firmware(board: dict[str, Any], application_bytes: int = APPLICATION_BYTES, seed: int = 1) -> bytes:
    """All from the bootloader to the end of the application, as MicroPython's build joins it. Raises FlashError."""
    chip, random = chip_of(board), Random(seed)
    rows = [row for row in of_board(board) if row.name != "vfs"]  # MicroPython makes that one itself
    app = application(rows)
    assert app
    parts = [
        (chip.bootloader_offset, app_image.build(chip.image_id, [(_RAM, random.randbytes(_BOOTLOADER_BYTES))])),
        (partition_table.OFFSET, partition_table.build(rows)),
        (app.offset, app_image.build(chip.image_id, [(_FLASH_CODE, random.randbytes(application_bytes))])),
    ]
    image = b""
    for offset, data in parts:
        image = image.ljust(offset - chip.bootloader_offset, b"\xff") + data
    return image
