# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""docs/boards/: each board has a page and a picture with all of its pins, and what is stale is named."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from host_tools import boards
from host_tools.board_page import pages
from host_tools.board_picture import ROW, draw
from host_tools.board_pins import wires
from tools import board_docs

SVG = "{http://www.w3.org/2000/svg}"
TEXT, LINE = SVG + "text", SVG + "line"


def pins_of(name: str) -> list[tuple[int, str]]:
    board = boards.load(name)
    return [(wire.pin, wire.function) for wire in wires(board, board["facts"])]


@pytest.mark.parametrize("name", boards.microcontrollers())
def test_the_picture_has_a_line_for_each_pin(name: str):
    drawn = ElementTree.fromstring(draw(boards.load(name)))
    words = [text.text for text in drawn.iter(TEXT)]
    assert len(list(drawn.iter(LINE))) == len(pins_of(name))
    assert {word for pin, function in pins_of(name) for word in (str(pin), function)} <= {*words}


@pytest.mark.parametrize("name", boards.microcontrollers())
def test_no_two_lines_of_a_side_meet(name: str):
    lines = [(line.get("x1"), float(line.get("y1", "0"))) for line in ElementTree.fromstring(draw(boards.load(name))).iter(LINE)]
    for side in {x for x, _ in lines}:
        heights = sorted(y for x, y in lines if x == side)
        assert all(below - above >= ROW for above, below in pairwise(heights))


@pytest.mark.parametrize("name", boards.microcontrollers())
def test_the_page_has_a_row_for_each_pin_profile_and_partition(name: str):
    page, board = pages()[f"{name}.md"], boards.load(name)
    assert [int(pin) for pin in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == sorted(pin for pin, _ in pins_of(name))
    assert all(profile in page for profile in board["profiles"])
    assert all(f"| {row['name']} |" in page for row in board["flash"]["partitions"])


def test_what_is_stale_is_named_and_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(board_docs, "FOLDER", tmp_path / "boards")
    board_docs.write({"a.md": "1", "b.md": "2"})
    wanted = {"a.md": "1", "c.md": "3"}
    before = board_docs.stale(wanted)
    board_docs.write(wanted)
    assert (before, board_docs.stale(wanted)) == (["b.md", "c.md"], [])
