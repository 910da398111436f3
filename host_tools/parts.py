# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What boards are made of, from boards/parts.toml: chips with their pins, sensors with their largest picture, frame sizes.

facts = of_board(board)       # {"mcu": {...}, "sensor": {...}, "card_pins": {...}}; of an unknown part {}
numbers([[0, 2], [5, 5]])     # {0, 1, 2, 5}
"""

from functools import cache
from pathlib import Path
from typing import Any

from host_tools.errors import DaylogError
from host_tools.toml_file import read_toml

FILE = Path(__file__).resolve().parent.parent / "boards" / "parts.toml"


@cache
def known() -> dict[str, Any]:
    """All parts, by kind and name."""
    return read_toml(FILE, DaylogError)


def of_board(board: dict[str, Any]) -> dict[str, Any]:
    """What is known of the parts that a board's data names, and the pins that they settle."""
    mcu = known()["mcu"].get(board.get("mcu"), {})
    sensor = board.get("camera", {}).get("sensor", "")
    return {"mcu": mcu, "sensor": known()["sensor"].get(sensor, {}), "card_pins": _card_pins(board.get("card", {}), mcu)}


def _card_pins(card: dict[str, Any], mcu: dict[str, Any]) -> dict[str, Any]:
    """Those of the data, or of the chip where its slot has pins of its own."""
    if "sdmmc_pins" not in mcu or card.get("slot") not in mcu["sdmmc_slots"]:
        return card.get("pins", {})
    return {**mcu["sdmmc_pins"], "data": mcu["sdmmc_pins"]["data"][: card["width"]]}


def numbers(ranges: list[list[int]]) -> set[int]:
    """The pins that ranges name."""
    return {pin for first, last in ranges for pin in range(first, last + 1)}


def frame_size(name: str) -> tuple[int, int]:
    """Width and height of what the camera module calls so; (0, 0) if it has no such size."""
    width, height = known()["frame_size"].get(name, (0, 0))
    return width, height
