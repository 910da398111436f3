# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boards are data: one folder each, one board.toml, checked here; nothing else knows a board.

board = load("xiao_esp32s3_sense")     # or a path to a folder
compact(board)                         # the JSON that goes on the device
"""

import json
from pathlib import Path
from typing import Any

from host_tools import board_check, computer_check, parts
from host_tools.board_check import FAIL, Finding
from host_tools.errors import DaylogError
from host_tools.toml_file import read_toml

BOARDS = Path(__file__).resolve().parent.parent / "boards"
ADDED = ("name", "folder", "facts")  # to what stands in board.toml
COMPUTER = "linux"  # the port of boards that are computers: nothing is flashed there
HOST_ONLY = ("sim", "folder", "facts", "shared_pins", "also_wired", "usb", "firmware", "psram")  # what the device is not sent


class BoardError(DaylogError):
    """A board that does not exist or whose data cannot be right."""


def names() -> list[str]:
    """The boards at hand: every folder that holds a board.toml."""
    return sorted(file.parent.name for file in BOARDS.glob("*/board.toml"))


def microcontrollers() -> list[str]:
    """Those of them that take a firmware image."""
    return [name for name in names() if not is_computer(read(BOARDS / name))]


def is_computer(board: dict[str, Any]) -> bool:
    return board.get("port") == COMPUTER


def find(name_or_path: str | Path) -> Path:
    """The folder of a board, by its name or path. Raises BoardError."""
    for folder in (Path(name_or_path), BOARDS / str(name_or_path)):
        if (folder / "board.toml").is_file():
            return folder
    raise BoardError(f"there is no board {name_or_path}", f"known boards: {', '.join(names())}; or give a folder with a board.toml")


def load(name_or_path: str | Path) -> dict[str, Any]:
    """The data of a board, by its name or its folder. Raises BoardError with every problem found."""
    folder = find(name_or_path)
    board = read(folder)
    problems = check(board)
    if problems:
        raise BoardError(f"board {folder.name} cannot be right: " + "; ".join(problems), f"`daylog board check {folder}` says what to do")
    return board


def read(folder: Path) -> dict[str, Any]:
    """board.toml as it is, over the board that it says it is based on; with its name, and the facts of its parts. Raises BoardError."""
    data = read_toml(folder / "board.toml", BoardError)
    base = data.pop("based_on", None)
    if base is not None:
        data = _over(_base(folder, base), data)
    return {**data, "name": folder.name, "folder": str(folder), "facts": parts.of_board(data)}


def _base(folder: Path, name: str) -> dict[str, Any]:
    if name not in names() or name == folder.name:
        raise BoardError(f"board {folder.name} is based on {name}, which is no board", f"known boards: {', '.join(names())}")
    return read_toml(BOARDS / name / "board.toml", BoardError)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """A table goes over its like, key by key; anything else takes the other's place."""
    merged = {**below, **above}
    both = {key for key in below if isinstance(below[key], dict) and isinstance(above.get(key), dict)}
    return {key: _over(below[key], above[key]) if key in both else value for key, value in merged.items()}


def findings(board: dict[str, Any]) -> list[Finding]:
    """Everything that is to be said of a board's data, in words."""
    data = {key: value for key, value in board.items() if key not in ADDED}
    if is_computer(board):
        return board_check.findings(data, board["facts"], computer_check.SCHEMA, computer_check.CHECKS)
    return board_check.findings(data, board["facts"])


def check(board: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a board's data, in words."""
    return [finding.text for finding in findings(board) if finding.verdict == FAIL]


def compact(board: dict[str, Any]) -> bytes:
    """What the device is sent: no tables for the host, no white space."""
    data = {key: value for key, value in board.items() if key not in HOST_ONLY}
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def partition(board: dict[str, Any], name: str) -> dict[str, Any]:
    """One row of the partition table. Raises BoardError when there is none of that name."""
    for row in board.get("flash", {}).get("partitions", []):
        if row["name"] == name:
            return row
    raise BoardError(
        f"board {board['name']} has no partition {name}",
        "nothing is flashed on a computer" if is_computer(board) else "see flash.partitions in its board.toml",
    )
