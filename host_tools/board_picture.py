# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The picture of a board: its chip in the middle, each part beside it, a line for each pin. An SVG, drawn from the board's data.

svg = draw(board)
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from host_tools.board_pins import Wire, roles, wires

ROW, GAP, MARGIN = 20, 16, 24
PART_WIDTH, CHIP_WIDTH, WIRE_WIDTH = 200, 180, 90
LEFT, CHIP = MARGIN, MARGIN + PART_WIDTH + WIRE_WIDTH
RIGHT = CHIP + CHIP_WIDTH + WIRE_WIDTH
WIDTH = RIGHT + PART_WIDTH + MARGIN
TOP = 56
STYLE = (
    "text{font:12px sans-serif;fill:#222}.title{font-size:16px;font-weight:bold}.part{font-weight:bold}.pin{font-family:monospace}"
    ".box{fill:#f4f6f8;stroke:#8a97a5}.chip{fill:#e3edf7;stroke:#45698f}.wire{stroke:#8a97a5}.role{stroke:#c77700;stroke-width:2}"
)
NOTE = "orange: the pin has a role of its own when the chip starts, or on its serial port"


def draw(board: dict[str, Any]) -> str:
    """The whole picture."""
    parts = [(part, list(group)) for part, group in groupby(wires(board, board["facts"]), key=lambda wire: wire.part)]
    left, right = [each for each in parts if each[0] == "camera"], [each for each in parts if each[0] != "camera"]
    bottom = TOP + max(_height(left), _height(right))
    body = [*_chip(board, bottom - TOP), *_column(board, left, LEFT, LEFT + PART_WIDTH, CHIP)]
    body += _column(board, right, RIGHT, RIGHT, CHIP + CHIP_WIDTH)
    body.append(_text(LEFT, bottom + GAP + 6, NOTE))
    size = f'width="{WIDTH}" height="{bottom + MARGIN + GAP}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(board["title"])}>'
    licence = "<!-- SPDX-License-Identifier: MIT. Drawn by tools/board_docs.py from board.toml. -->"
    return "\n".join([head, licence, f"<style>{STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>', *body, "</svg>\n"])


def _height(parts: list[tuple[str, list[Wire]]]) -> int:
    return sum(ROW * (len(group) + 1) + GAP for _, group in parts)


def _chip(board: dict[str, Any], height: int) -> Iterator[str]:
    yield _text(LEFT, 32, board["title"], "title")
    yield _box(CHIP, TOP, CHIP_WIDTH, height - GAP, "chip")
    yield _text(CHIP + CHIP_WIDTH // 2, TOP + 15, board["facts"]["mcu"].get("title", board["mcu"]), "part", "middle")


def _column(board: dict[str, Any], parts: list[tuple[str, list[Wire]]], x: int, from_x: int, to_x: int) -> Iterator[str]:
    """The parts of one side, below each other; their lines run straight to the chip."""
    y = TOP
    for part, group in parts:
        yield _box(x, y, PART_WIDTH, ROW * (len(group) + 1), "box")
        yield _text(x + PART_WIDTH // 2, y + 15, _name(board, part), "part", "middle")
        for row, wire in enumerate(group, start=1):
            yield from _wire(board, wire, y + ROW * row + ROW // 2, from_x, to_x)
        y += ROW * (len(group) + 1) + GAP


def _name(board: dict[str, Any], part: str) -> str:
    card = f"slot {board['card']['slot']}"
    about = {"camera": board["camera"]["sensor"], "gauge": board.get("gauge", {}).get("chip", ""), "card": card}
    return f"{part}: {about[part]}" if about.get(part) else part


def _wire(board: dict[str, Any], wire: Wire, y: int, from_x: int, to_x: int) -> Iterator[str]:
    kind = "role" if roles(wire.pin, board["facts"]["mcu"]) else "wire"
    yield f'<line class="{kind}" x1="{from_x}" y1="{y}" x2="{to_x}" y2="{y}"/>'
    inwards = 8 if to_x > from_x else -8
    yield _text(from_x - inwards, y + 4, wire.function, "", "end" if inwards > 0 else "start")
    yield _text(to_x + inwards, y + 4, str(wire.pin), "pin", "start" if inwards > 0 else "end")


def _box(x: int, y: int, width: int, height: int, kind: str) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'


def _text(x: int, y: int, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}"' + (f' class="{kind}"' if kind else "") + f' text-anchor="{anchor}">{escape(text)}</text>'
