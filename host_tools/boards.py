# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boards are data: one folder each, one board.toml, checked here; nothing else knows a board.

board = load("xiao_esp32s3_sense")     # or a path to a folder
compact(board)                         # the JSON that goes on the device
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from host_tools.errors import DaylogError
from host_tools.toml_file import read_toml

BOARDS = Path(__file__).resolve().parent.parent / "boards"
HOST_ONLY = ("sim", "folder", "shared_pins")  # what the device is not sent

# The camera module's names for what a sensor can be asked for (esp32-camera driver/include/sensor.h).
FRAME_SIZES = {
    "QVGA": (320, 240), "CIF": (400, 296), "HVGA": (480, 320), "VGA": (640, 480), "SVGA": (800, 600), "XGA": (1024, 768), "HD": (1280, 720),
    "SXGA": (1280, 1024), "UXGA": (1600, 1200), "FHD": (1920, 1080), "QXGA": (2048, 1536), "QHD": (2560, 1440), "WQXGA": (2560, 1600),
    "QSXGA": (2560, 1920),
}  # fmt: skip


class BoardError(DaylogError):
    """A board that does not exist or whose data cannot be right."""


def names() -> list[str]:
    """The boards at hand: every folder that holds a board.toml."""
    return sorted(file.parent.name for file in BOARDS.glob("*/board.toml"))


def load(name_or_path: str | Path) -> dict[str, Any]:
    """The data of a board, by its name or its folder. Raises BoardError with every problem found."""
    folder = Path(name_or_path)
    if not (folder / "board.toml").is_file():
        folder = BOARDS / str(name_or_path)
    if not (folder / "board.toml").is_file():
        raise BoardError(f"there is no board {name_or_path}", f"known boards: {', '.join(names())}; or give a folder with a board.toml")
    board = read(folder)
    problems = check(board)
    if problems:
        raise BoardError(f"board {folder.name} cannot be right: " + "; ".join(problems), f"correct {folder / 'board.toml'}")
    return board


def read(folder: Path) -> dict[str, Any]:
    """board.toml as it is, plus its name. Raises BoardError when it is not TOML."""
    return {"name": folder.name, "folder": str(folder), **read_toml(folder / "board.toml", BoardError)}


def check(board: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a board's data, in words."""
    data = {key: value for key, value in board.items() if key not in ("name", "folder")}
    schema = json.loads((BOARDS / "schema.json").read_text())
    found = [f"{'.'.join(map(str, e.absolute_path)) or 'board.toml'}: {e.message}" for e in Draft202012Validator(schema).iter_errors(data)]
    return found or [*_pins(data), *_partitions(data["flash"]), *_profiles(data)]


def _pins(data: dict[str, Any]) -> Iterator[str]:
    """Two functions on one pin cannot both work, unless the board says that they share it."""
    holders: dict[int, str] = {}
    for name, pin in _wired(data):
        if pin in holders and pin not in data.get("shared_pins", []):
            yield f"pin {pin} is used twice: {holders[pin]} and {name}"
        holders[pin] = name
    card = data["card"]
    if len(card["data"]) != card["width"]:
        yield f"card.data names {len(card['data'])} pins, card.width is {card['width']}"


def _wired(data: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Every function that has a pin."""
    pins = data["camera"]["pins"]
    yield from ((f"camera {name}", pin) for name, pin in pins.items() if name != "data_pins")
    yield from ((f"camera D{i}", pin) for i, pin in enumerate(pins["data_pins"]))
    card = data["card"]
    yield from [("card sck", card["sck"]), ("card cmd", card["cmd"])]
    yield from ((f"card D{i}", pin) for i, pin in enumerate(card["data"]))
    if "pin" in data["led"]:
        yield "led", data["led"]["pin"]
    if "button" in data:
        yield "button", data["button"]["pin"]
    yield from ((f"gauge {name}", data["gauge"][name]) for name in ("scl", "sda") if "gauge" in data)


def _partitions(flash: dict[str, Any]) -> Iterator[str]:
    rows = sorted(flash["partitions"], key=lambda row: row["offset"])
    for row, following in zip(rows, [*rows[1:], {"name": "the end of the flash", "offset": flash["size_bytes"]}]):
        if row["offset"] + row["size"] > following["offset"]:
            yield f"partition {row['name']} runs into {following['name']}"
    if "vfs" not in [row["name"] for row in rows]:
        yield "there is no partition vfs for the file system"


def _profiles(data: dict[str, Any]) -> Iterator[str]:
    profiles = data["profiles"]
    if data["default_profile"] not in profiles:
        yield f"default_profile {data['default_profile']} is not among the profiles"
    for name, profile in profiles.items():
        size = profile["width"], profile["height"]
        if FRAME_SIZES.get(profile["size"]) != size:
            yield f"profile {name}: {profile['size']} is not {size[0]} x {size[1]}; sizes are {', '.join(FRAME_SIZES)}"
        fb_bytes = profile["width"] * profile["height"] // 5
        if profile["fb_bytes"] != fb_bytes:
            yield f"profile {name}: the driver's frame buffer is width * height / 5 = {fb_bytes} bytes, not {profile['fb_bytes']}"
        if profile["expected_kb_per_frame"] * 1000 > profile["fb_bytes"]:
            yield f"profile {name}: frames of {profile['expected_kb_per_frame']} kB do not fit the frame buffer"
        if profile["chunk_bytes"] < profile["fb_bytes"] + 32768:
            yield f"profile {name}: a chunk must hold the largest frame and its indexes"


def compact(board: dict[str, Any]) -> bytes:
    """What the device is sent: no tables for the host, no white space."""
    data = {key: value for key, value in board.items() if key not in HOST_ONLY}
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def partition(board: dict[str, Any], name: str) -> dict[str, Any]:
    """One row of the partition table. Raises BoardError when there is none of that name."""
    for row in board["flash"]["partitions"]:
        if row["name"] == name:
            return row
    raise BoardError(f"board {board['name']} has no partition {name}", "see flash.partitions in its board.toml")
