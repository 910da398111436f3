# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The ESP32 family as far as flashing must know it. Figures: esptool's targets, and MicroPython's board.json."""

from dataclasses import dataclass
from typing import Any

from host_tools.errors import DaylogError


class FlashError(DaylogError):
    """The board was not flashed; what to do about it is in the hint."""


@dataclass(frozen=True)
class EspChip:
    """`title` is what esptool calls it, `image_id` the number in the header of every image made for it."""

    mcu: str
    title: str
    image_id: int
    bootloader_offset: int


CHIPS = {chip.mcu: chip for chip in (EspChip("esp32", "ESP32", 0, 0x1000), EspChip("esp32s3", "ESP32-S3", 9, 0))}


def chip_of(board: dict[str, Any]) -> EspChip:
    """The chip of an ESP32 board. Raises FlashError."""
    if board["mcu"] in CHIPS:
        return CHIPS[board["mcu"]]
    raise FlashError(f"board {board['name']} has no ESP32 that Daylog can flash, but {board['mcu']}", f"it can flash {', '.join(CHIPS)}")


def title_of(image_id: int) -> str:
    """The name of the chip an image is for."""
    return next((chip.title for chip in CHIPS.values() if chip.image_id == image_id), f"chip number {image_id}")
