# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""MicroPython's firmware.bin for an ESP32: bootloader, partition table and application in one file, checked before it is used.

parts = read(Path("firmware.bin"), board)      # {offset in flash: bytes}
"""

import hashlib
from pathlib import Path
from typing import Any

from host_tools.flashing import app_image, partition_table
from host_tools.flashing.chips import EspChip, FlashError, chip_of, title_of
from host_tools.flashing.partition_table import NoTable, Row


class FirmwareError(FlashError):
    """Not a file to flash this board with."""


def read(path: Path, board: dict[str, Any]) -> dict[int, bytes]:
    """What goes where. What lies between the parts is the board's own, such as the memory of its Wi-Fi. Raises FirmwareError."""
    data, chip = path.read_bytes(), chip_of(board)
    _check_digest(path, data, board.get("firmware", {}))
    _check_chip(path, data, chip)
    table = data[partition_table.OFFSET - chip.bootloader_offset :][: partition_table.SIZE]
    app = check_table(str(path), table, board)
    application = data[app.offset - chip.bootloader_offset :]
    if len(application) > app.size:
        message = f"the application in {path} has {len(application)} bytes, its partition {app.size}"
        raise FirmwareError(message, "take a firmware whose partitions are as large as flash.partitions in the board's file says")
    if app_image.image_id(application) != chip.image_id or app_image.length(application) is None:
        raise FirmwareError(f"{path} holds no whole application", "download it again")
    bootloader = data[: app_image.length(data)]
    return {chip.bootloader_offset: bootloader, partition_table.OFFSET: table, app.offset: application}


def check_table(where: str, table: bytes, board: dict[str, Any]) -> Row:
    """The application's row of a partition table that suits the board. Raises FirmwareError."""
    try:
        rows = partition_table.completed(partition_table.parse(table), board["flash"]["size_bytes"])
    except NoTable as error:
        raise FirmwareError(f"{where} holds no partition table", "take the whole firmware.bin; an app image is for updates") from error
    wanted = [row for row in partition_table.of_board(board) if row.name == "vfs" or row.type == partition_table.TYPES["app"]]
    for row in wanted:
        found = partition_table.named(rows, row.name)
        if found is None or (found.offset, found.size) != (row.offset, row.size):
            hint = "take the firmware for this board and its flash, or correct flash.partitions in its board.toml"
            raise FirmwareError(f"{where} has {found or f'no partition {row.name}'}; board {board['name']} wants {row}", hint)
    app = partition_table.application(rows)
    if app is None:
        raise FirmwareError(f"{where} has no place for an application", "take MicroPython's firmware.bin")
    return app


def _check_digest(path: Path, data: bytes, expected: dict[str, str]) -> None:
    digest = hashlib.sha256(data).hexdigest()
    if expected.get("sha256", digest) != digest:
        hint = f"download {expected.get('url', 'that one')}, or take the [firmware] table out of the board's file"
        raise FirmwareError(f"{path} is not the firmware that the board's file names: its SHA-256 is {digest}", hint)


def _check_chip(path: Path, data: bytes, chip: EspChip) -> None:
    found = app_image.image_id(data)
    if found is None or app_image.length(data) is None:
        raise FirmwareError(f"{path} is no firmware for an ESP32", "take MicroPython's firmware.bin, not .elf, .uf2 or an archive")
    if found != chip.image_id:
        raise FirmwareError(f"{path} is for the {title_of(found)}, the board has an {chip.title}", "take the firmware for this board")
