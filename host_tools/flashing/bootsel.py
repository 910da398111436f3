# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A Raspberry Pi Pico that was plugged in with BOOTSEL held down: a drive that is flashed by a file copied to it.

copy(board, Path("/media/me/RP2350"), Path("RPI_PICO2_W.uf2"))

The drive cannot be read: what the board held of its own is not kept.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.boards import partition
from host_tools.flashing import uf2
from host_tools.flashing.chips import FlashError
from host_tools.flashing.file_system import blocks_in_use
from host_tools.flashing.uf2 import Block, NotUf2
from sim.image import firmware_files, pack

INFO = "INFO_UF2.TXT"
FILE = "daylog.uf2"
FLASH_BASE = 0x10000000
_SECTOR_BYTES = 4096


@dataclass(frozen=True)
class RpChip:
    """`drive_id` is what its drive says in INFO; families as in utils/uf2families.json of the format's authors."""

    drive_id: str
    family: int


CHIPS = {"rp2040": RpChip("RPI-RP2", 0xE48BFF56), "rp2350": RpChip("RP2350", 0xE48BFF59)}


def copy(board: dict[str, Any], drive: Path, firmware: Path | None) -> int:
    """Write firmware and file system, or only the latter; returns how many bytes of flash. Raises DaylogError."""
    chip = _chip(board)
    _check_drive(drive, chip, board)
    blocks = _firmware(firmware, chip, board) if firmware else []
    image = pack(board, firmware_files(board))
    blocks += uf2.split({FLASH_BASE + offset: data for offset, data in blocks_in_use(image.data, image.offset).items()}, chip.family)
    _write(drive / FILE, uf2.join(blocks))
    return sum(block.size for block in blocks)


def _chip(board: dict[str, Any]) -> RpChip:
    if board["mcu"] in CHIPS:
        return CHIPS[board["mcu"]]
    raise FlashError(f"board {board['name']} has no drive to be flashed by", "leave --drive out, and give its --port")


def _check_drive(drive: Path, chip: RpChip, board: dict[str, Any]) -> None:
    """Raises FlashError."""
    try:
        info = (drive / INFO).read_text(errors="replace")
    except OSError as error:
        hint = "hold its button BOOTSEL down while you plug it in; then it shows a drive with that file"
        raise FlashError(f"{drive} is not the drive of a board: it has no {INFO}", hint) from error
    found = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("Board-ID:")]
    if found != [chip.drive_id]:
        raise FlashError(
            f"{drive} is a {', '.join(found) or 'board without a name'}, but board {board['name']} shows as {chip.drive_id}",
            "nothing was written; give the right --board",
        )


def _firmware(path: Path, chip: RpChip, board: dict[str, Any]) -> list[Block]:
    """Raises FlashError."""
    try:
        blocks = uf2.parse(path.read_bytes())
    except NotUf2 as error:
        raise FlashError(f"{path} is no UF2: {error}", "take MicroPython's .uf2 for this board") from error
    code = [block for block in blocks if block.family == chip.family]
    if not code:
        raise FlashError(f"{path} is for another chip than the {chip.drive_id}", "take MicroPython's .uf2 for this board")
    vfs = FLASH_BASE + partition(board, "vfs")["offset"]
    end = max(block.address + block.size for block in code)
    if -(-end // _SECTOR_BYTES) * _SECTOR_BYTES > vfs:
        message = f"{path} ends at {end:#x}, beyond the beginning of the file system at {vfs:#x}"
        raise FlashError(message, "take a smaller firmware, or correct flash.partitions in the board's file")
    return blocks


def _write(path: Path, data: bytes) -> None:
    # Not synced: with the last block the board starts and the drive is gone, which a sync would call an error.
    try:
        path.write_bytes(data)
    except OSError as error:
        hint = "plug it in again with BOOTSEL held down, and give the same command. No footage is touched"
        raise FlashError(f"the drive went away while {path} was written: {error.strerror}", hint) from error
