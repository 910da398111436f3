# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a board's data can be right: each finding in words, with what to do.

FAIL: it cannot work, and the board is not loaded. WARN: it may, for somebody who knows why.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from host_tools import parts
from host_tools.board_pins import Wire, roles, wires

FAIL, WARN = "FAIL", "WARN"
SCHEMA = parts.FILE.with_name("schema.json")
INDEXES_BYTES = 32768  # a chunk holds them beside its largest frame
APP_ALIGNMENT = 0x10000  # the chip maps an application in pages of 64 KiB
FIRST_PARTITION = 0x9000  # before it lie the bootloader and the table
ROLES = {
    "strapping": "a level there at power-on decides how the chip starts",
    "usb": "it is the chip's USB",
    "console": "the console's serial port uses it",
}


@dataclass(frozen=True)
class Finding:
    """What is wrong, or may be, and what to do about it."""

    verdict: str
    text: str
    fix: str


def findings(
    data: dict[str, Any], facts: dict[str, Any], schema: Path = SCHEMA, checks: "tuple[Check, ...] | None" = None
) -> list[Finding]:
    """Everything that is to be said of a board's data; `facts` are those of its parts."""
    rules = Draft202012Validator(json.loads(schema.read_text()))
    found = [_broken_rule(error) for error in rules.iter_errors(data)]
    return found or [finding for check in checks or CHECKS for finding in check(data, facts)]


def _broken_rule(error: Any) -> Finding:
    where = ".".join(map(str, error.absolute_path)) or "board.toml"
    return Finding(FAIL, f"{where}: {error.message}", "see boards/schema.json or computer.json, or another board for how it is written")


def known_parts(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    for kind, name in (("mcu", data["mcu"]), ("sensor", data["camera"]["sensor"])):
        if not facts[kind]:
            fix = f"add it to boards/parts.toml, for it to be checked; known: {_names(kind)}"
            yield Finding(WARN, f"nothing is known of the {kind} {name}", fix)


def _names(kind: str) -> str:
    return ", ".join(parts.known()[kind])


def shared_pins(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    """Two functions on one pin cannot both work, unless the board says that they share it."""
    holders: dict[int, str] = {}
    for wire in wires(data, facts):
        if wire.pin in holders and wire.pin not in data.get("shared_pins", []):
            text = f"pin {wire.pin} is used twice: {holders[wire.pin]} and {wire.name}"
            yield Finding(FAIL, text, "give each a pin of its own, or name the pin in shared_pins if the board really shares it")
        holders[wire.pin] = wire.name


def pins_of_the_chip(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    """They exist, are not taken by the chip's own memories, and can do what is asked of them."""
    mcu = facts["mcu"]
    if not mcu:
        return
    octal = data.get("psram", {}).get("octal", False)
    for wire in wires(data, facts):
        problem = _pin_problem(wire, mcu, octal)
        if problem:
            yield Finding(FAIL, f"pin {wire.pin} ({wire.name}) {problem}", f"see the pins of the {mcu['title']} in boards/parts.toml")
    for wire in wires(data, facts):
        for role in roles(wire.pin, mcu):
            yield Finding(WARN, f"pin {wire.pin} ({wire.name}): {ROLES[role]}", "leave it only if the board's maker wired it so")


def _pin_problem(wire: Wire, mcu: dict[str, Any], octal: bool) -> str:
    if wire.pin not in parts.numbers(mcu["pins"]):
        return "does not exist"
    if wire.pin in parts.numbers(mcu["flash"]):
        return "belongs to the flash and PSRAM"
    if octal and wire.pin in parts.numbers(mcu["octal_psram"]):
        return "belongs to the octal PSRAM"
    return "can only be read" if wire.drives and wire.pin in parts.numbers(mcu["input_only"]) else ""


def card_slot(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    card, mcu = data["card"], facts["mcu"]
    slots = [*mcu.get("sdmmc_slots", []), *mcu.get("spi_slots", [])]
    if mcu and card["slot"] not in slots:
        yield Finding(FAIL, f"an {mcu['title']} has no card slot {card['slot']}", f"it has {', '.join(map(str, slots))}")
        return
    wants = {"sck", "mosi", "miso", "cs"} if card["slot"] in mcu.get("spi_slots", []) else {"sck", "cmd", "data"}
    if mcu.get("sdmmc_pins") and "cmd" in wants:
        if card["pins"]:
            yield Finding(FAIL, f"slot {card['slot']} of an {mcu['title']} has pins of its own", "leave card.pins empty")
    elif set(card["pins"]) != wants:
        yield Finding(FAIL, f"card.pins must be {', '.join(sorted(wants))} for slot {card['slot']}", "slots 2 and 3 are SPI")
    data_pins = facts["card_pins"].get("data", [0])
    if len(data_pins) != card["width"]:
        yield Finding(FAIL, f"card.pins.data names {len(data_pins)} pins, card.width is {card['width']}", "SPI has a width of 1")


def microphone(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    if "microphone" in data and data["port"] != "esp32":
        yield Finding(FAIL, f"the port {data['port']} has no driver for a microphone", "name its pins in also_wired instead")


def rails(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    if "rails" in data["camera"] and data.get("gauge", {}).get("chip") != "axp2101":
        yield Finding(FAIL, "camera.rails are given, and no chip that switches them", 'name it: [gauge] with chip = "axp2101"')


def button(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    pin = data.get("button", {}).get("pin", 0)
    if facts["mcu"] and "button" in data and pin not in parts.numbers(facts["mcu"]["wakes"]):
        yield Finding(WARN, f"pin {pin} (button) cannot wake the chip", "a pause by the button works, waking a board that sleeps does not")


def partitions(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    flash = data["flash"]
    rows = sorted(flash["partitions"], key=lambda row: row["offset"])
    rows = [{"name": "table", "offset": 0, "size": FIRST_PARTITION, "type": "data"}, *rows]
    for row, following in zip(rows, [*rows[1:], {"name": "the end of the flash", "offset": flash["size_bytes"]}]):
        if row["offset"] + row["size"] > following["offset"]:
            yield Finding(FAIL, f"partition {row['name']} runs into {following['name']}", "move or shrink one of them")
        if row["type"] == "app" and row["offset"] % APP_ALIGNMENT:
            text = f"partition {row['name']} begins at {row['offset']:#x}"
            yield Finding(FAIL, text, f"an application begins at a multiple of {APP_ALIGNMENT:#x}")
    if "vfs" not in [row["name"] for row in rows]:
        yield Finding(FAIL, "there is no partition vfs for the file system", "MicroPython makes it of what the others leave of the flash")


def profiles(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    if data["default_profile"] not in data["profiles"]:
        fix = f"choose one of {', '.join(data['profiles'])}"
        yield Finding(FAIL, f"default_profile {data['default_profile']} is not among the profiles", fix)
    for name, profile in data["profiles"].items():
        yield from (Finding(FAIL, f"profile {name}: {text}", fix) for text, fix in _profile(profile, facts["sensor"]))


def _profile(profile: dict[str, Any], largest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    width, height = profile["width"], profile["height"]
    if parts.frame_size(profile["size"]) != (width, height):
        yield f"{profile['size']} is not {width} x {height}", f"sizes are {_names('frame_size')}"
    if largest and (width > largest["width"] or height > largest["height"]):
        yield f"{width} x {height} is more than the sensor gives", f"at most {largest['width']} x {largest['height']}"
    fb_bytes = width * height // 5
    if profile["fb_bytes"] != fb_bytes:
        yield f"the driver's frame buffer is width * height / 5 = {fb_bytes} bytes, not {profile['fb_bytes']}", "correct fb_bytes"
    if profile["expected_kb_per_frame"] * 1000 > profile["fb_bytes"]:
        yield f"frames of {profile['expected_kb_per_frame']} kB do not fit the frame buffer", "a lower quality, or a truer expectation"
    if profile["chunk_bytes"] < profile["fb_bytes"] + INDEXES_BYTES:
        yield "a chunk must hold the largest frame and its indexes", f"chunk_bytes of at least {profile['fb_bytes'] + INDEXES_BYTES}"


def heap(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    """The Python heap and the driver's frame buffers both lie in the PSRAM that the chip maps."""
    has = min(data.get("psram", {}).get("size_bytes", 0), facts["mcu"].get("psram_bytes", 0))
    buffers = data["camera"]["fb_count"] * max(profile["fb_bytes"] for profile in data["profiles"].values())
    chunks = 2 * data["profiles"].get(data["default_profile"], {"chunk_bytes": 0})["chunk_bytes"]
    if has and data["heap_bytes"] + buffers > has:
        text = f"a heap of {data['heap_bytes']} bytes and {buffers} of frame buffers are more than the {has} bytes of PSRAM"
        yield Finding(FAIL, text, f"heap_bytes of at most {has - buffers}, and less: Wi-Fi and TLS want some too")
    if data["heap_bytes"] < 2 * chunks:
        text = f"a heap of {data['heap_bytes']} bytes has no room for two chunks of the default profile and the firmware"
        yield Finding(FAIL, text, "smaller chunk_bytes, or a smaller default profile")


def ports(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    if "usb" not in data:
        fix = 'add [usb] with ids = ["303a:1001"], or whatever the board shows'
        yield Finding(WARN, "there are no USB ids: its port must be named each time", fix)


Check = Callable[[dict[str, Any], dict[str, Any]], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    known_parts,
    shared_pins,
    pins_of_the_chip,
    card_slot,
    rails,
    microphone,
    button,
    partitions,
    profiles,
    heap,
    ports,
)
