# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which function of a board has which pin, from its data: for the checks, the table of pins and the picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from host_tools.parts import numbers

READ = ("pclk_pin", "vsync_pin", "href_pin", "miso", "sd")  # the chip only listens there
OTHER = "other"


@dataclass(frozen=True)
class Wire:
    """A pin, the part that it leads to, and what for. `drives`: the chip must be able to put a level there."""

    pin: int
    part: str
    function: str
    drives: bool

    @property
    def name(self) -> str:
        return self.function if self.part in (OTHER, self.function) else f"{self.part} {self.function}"


def wires(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Wire]:
    """Every function that has a pin, part after part."""
    yield from _of("camera", data["camera"].get("pins", {}), "data_pins", drives_data=False)
    yield from _of("card", facts["card_pins"], "data", drives_data=True)
    yield from _of("microphone", data.get("microphone", {}).get("pins", {}), "", drives_data=False)
    if "pin" in data.get("led", {}):
        yield Wire(data["led"]["pin"], "led", "led", True)
    if "button" in data:
        yield Wire(data["button"]["pin"], "button", "button", False)
    yield from (Wire(data["gauge"][name], "gauge", name, True) for name in ("scl", "sda") if "gauge" in data)
    yield from (Wire(pin, OTHER, name, False) for name, pin in data.get("also_wired", {}).items())


def _of(part: str, pins: dict[str, Any], bus: str, drives_data: bool) -> Iterator[Wire]:
    """A table of pins: the lines of the bus follow the others, as D0, D1, …"""
    yield from (Wire(pin, part, name, name not in READ) for name, pin in pins.items() if name != bus)
    yield from (Wire(pin, part, f"D{i}", drives_data) for i, pin in enumerate(pins.get(bus, [])))


def roles(pin: int, mcu: dict[str, Any]) -> list[str]:
    """What the pin is for besides, as the chip's facts name it."""
    return [role for role, ranges in mcu.get("roles", {}).items() if pin in numbers(ranges)]
