# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The page of a board, and the list of all, in Markdown: its facts, its pins, what it can record, and what to know of it.

pages()     # {"README.md": ..., "esp32_cam.md": ..., "esp32_cam.svg": ...}
"""

from collections.abc import Iterable, Iterator
from typing import Any

from firmware.cadence import rate
from host_tools import boards
from host_tools.board_check import ROLES
from host_tools.board_picture import draw
from host_tools.board_pins import roles, wires

LICENCE = "<!-- SPDX-License-Identifier: MIT. Written by tools/board_docs.py: edit boards/, then `make boards-docs`. -->\n"
MIB = 1 << 20


def pages() -> dict[str, str]:
    """Every file of docs/boards/, by its name."""
    known = [boards.load(name) for name in boards.microcontrollers()]
    files = {"README.md": _index(known)}
    for board in known:
        files[f"{board['name']}.md"] = _page(board)
        files[f"{board['name']}.svg"] = draw(board)
    return files


def _index(known: list[dict[str, Any]]) -> str:
    rows = [(f"[{b['title']}]({b['name']}.md)", _chip(b), _flash(b), b["camera"]["sensor"], _battery(b)) for b in known]
    head = "Each is a folder below `boards/`. None of them was verified on hardware: see [STATUS.md](../STATUS.md).\n"
    return "\n".join([LICENCE + "# Boards\n", head, *_table(("board", "chip", "flash, PSRAM", "sensor", "gauge"), rows)]) + "\n"


def _page(board: dict[str, Any]) -> str:
    name = board["name"]
    return "\n".join(
        [
            LICENCE + f"# {board['title']}\n",
            f"What to know before you buy or build: [README](../../boards/{name}/README.md).",
            f"All facts, with their sources: [board.toml](../../boards/{name}/board.toml).\n",
            f"![The pins of the board]({name}.svg)\n",
            *_table(("", ""), _facts(board)),
            "\n## Pins\n",
            *_table(("pin", "is", "mind"), _pins(board)),
            "\n## Profiles\n",
            "Bytes and currents are estimates; `daylog budget` judges them against card, cell and uplink.\n",
            *_table(("profile", "size", "pictures", "GB/h", "mA"), _profiles(board)),
            "\n## Flash\n",
            *_table(("partition", "type", "offset", "KiB"), _partitions(board)),
            "",
        ]
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(map(str, cells))} |"


def _facts(board: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "chip", _chip(board)
    yield "flash, PSRAM", _flash(board)
    yield "heap of the firmware", f"{board['heap_bytes'] / MIB:g} MiB"
    yield "camera", f"{board['camera']['sensor']}, {_rails(board)}"
    yield "card", f"{_slot(board)}, {board['card']['freq_hz'] / 1e6:g} MHz"
    yield "battery gauge", _battery(board)
    yield "USB ids", ", ".join(f"`{each}`" for each in board.get("usb", {}).get("ids", [])) or "none"
    if "firmware" in board:
        firmware = board["firmware"]
        yield "firmware", f"MicroPython {firmware['micropython']}, [{firmware['name']}]({firmware['url']}), version {firmware['version']}"


def _chip(board: dict[str, Any]) -> str:
    return board["facts"]["mcu"].get("title", board["mcu"])


def _flash(board: dict[str, Any]) -> str:
    psram = board.get("psram")
    return f"{board['flash']['size_bytes'] // MIB} MiB, " + (f"{psram['size_bytes'] // MIB} MiB" if psram else "none")


def _rails(board: dict[str, Any]) -> str:
    rails = board["camera"].get("rails")
    return "its rails: " + ", ".join(f"{name} {mv} mV" for name, mv in rails.items()) if rails else "always supplied"


def _slot(board: dict[str, Any]) -> str:
    card = board["card"]
    kind = "SPI" if card["slot"] in board["facts"]["mcu"].get("spi_slots", []) else f"SD/MMC with {card['width']} data line"
    return f"slot {card['slot']}: {kind}{'s' if card['width'] > 1 else ''}"


def _battery(board: dict[str, Any]) -> str:
    return board.get("gauge", {}).get("chip", "none")


def _pins(board: dict[str, Any]) -> list[tuple[int, str, str]]:
    mcu = board["facts"]["mcu"]
    known = sorted(wires(board, board["facts"]), key=lambda wire: wire.pin)
    return [(wire.pin, wire.name, "; ".join(ROLES[role] for role in roles(wire.pin, mcu))) for wire in known]


def _profiles(board: dict[str, Any]) -> Iterator[tuple[str, str, str, str, int]]:
    for name, profile in board["profiles"].items():
        often = f"one each {profile['every_s']} s" if "every_s" in profile else f"{profile['fps']} a second"
        gb_per_hour = profile["expected_kb_per_frame"] * rate(profile) * 3600 / 1e6
        shown = f"**{name}** (default)" if name == board["default_profile"] else name
        yield shown, f"{profile['width']} x {profile['height']}", often, f"{gb_per_hour:.2f}", profile["current_ma"]


def _partitions(board: dict[str, Any]) -> Iterator[tuple[str, str, str, int]]:
    for row in board["flash"]["partitions"]:
        yield row["name"], f"{row['type']}, {row['subtype']}", f"{row['offset']:#x}", row["size"] // 1024
