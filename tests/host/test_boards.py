# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boards are data: what is refused, what the device gets, and what a new board costs."""

import copy
import json
from typing import Any

import pytest
from board_folders import new_board

from host_tools import boards, cli
from host_tools.boards import BOARDS, BoardError


@pytest.fixture
def board() -> dict[str, Any]:
    return copy.deepcopy(boards.load(boards.names()[0]))


def put(board: dict[str, Any], path: str, value: Any) -> None:
    """Change one fact, named as check() names it."""
    *folders, last = path.split(".")
    for name in folders:
        board = board[name]
    board[last] = value


@pytest.mark.parametrize("name", boards.names())
def test_every_board_at_hand_is_right(name):
    assert boards.check(boards.load(name)) == []


@pytest.mark.parametrize("name", boards.names())
def test_every_frame_buffer_is_what_the_driver_allocates(name):
    profiles = boards.load(name)["profiles"].values()
    assert [p["fb_bytes"] for p in profiles] == [p["width"] * p["height"] // 5 for p in profiles]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("heap_bytes", "4 MB", "heap_bytes: '4 MB' is not of type 'integer'"),
        ("camera.pins.reset", 4, "camera.pins: Additional properties are not allowed ('reset' was unexpected)"),
        ("camera.pins.xclk_pin", 99, "camera.pins.xclk_pin: 99 is greater than the maximum of 48"),
        ("camera.pins.reset_pin", 48, "pin 48 is used twice: camera reset_pin and camera D7"),
        ("led.pin", 13, "pin 13 is used twice: camera pclk_pin and led"),
        ("card.cmd", 40, "pin 40 is used twice: camera sda_pin and card cmd"),
        ("card.width", 4, "card.data names 1 pins, card.width is 4"),
        ("flash.size_bytes", 0x400000, "partition vfs runs into the end of the flash"),
        ("default_profile", "best", "default_profile best is not among the profiles"),
        ("profiles.svga10.fb_bytes", 100000, "profile svga10: the driver's frame buffer is width * height / 5 = 96000 bytes, not 100000"),
        ("profiles.svga10.expected_kb_per_frame", 97, "profile svga10: frames of 97 kB do not fit the frame buffer"),
        ("profiles.uxga2.chunk_bytes", 262144, "profile uxga2: a chunk must hold the largest frame and its indexes"),
    ],
)
def test_a_wrong_fact_is_named(board, path, value, problem):
    put(board, path, value)
    assert boards.check(board) == [problem]


def test_a_size_the_camera_does_not_have_is_refused_with_those_it_has(board):
    put(board, "profiles.svga10.size", "SVGA2")
    (problem,) = boards.check(board)
    assert problem.startswith("profile svga10: SVGA2 is not 800 x 600; sizes are QVGA, CIF, HVGA, VGA, SVGA, ")


def test_partitions_may_not_overlap(board):
    board["flash"]["partitions"][2]["size"] += 4096
    assert boards.check(board) == ["partition factory runs into vfs"]


def test_a_pin_may_be_shared_if_the_board_says_so(board):
    put(board, "led.pin", board["card"]["data"][0])
    before = boards.check(board)
    put(board, "shared_pins", board["card"]["data"])
    assert (len(before), boards.check(board)) == (1, [])


def test_the_device_is_sent_what_it_needs_and_nothing_else(board):
    sent = json.loads(boards.compact(board))
    assert sent == {name: board[name] for name in board if name not in ("sim", "folder")}


def test_the_compact_form_does_not_depend_on_the_order_of_the_file(board):
    assert boards.compact(board) == boards.compact(dict(reversed(board.items())))


def test_a_new_board_is_one_folder(tmp_path, capsys):
    folder = new_board(
        tmp_path / "mine", {"xclk_pin = 10": "xclk_pin = 4", "heap_bytes = 4194304": "heap_bytes = 2097152", "sck = 7": "sck = 10"}
    )
    board = boards.load(folder)
    assert (board["name"], board["heap_bytes"], board["camera"]["pins"]["xclk_pin"], board["card"]["sck"]) == ("mine", 2097152, 4, 10)
    assert (cli.main(["board", "check", str(folder)]), capsys.readouterr().out) == (0, "mine: nothing is wrong\n")


def test_a_folder_below_boards_is_a_board_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "schema.json").write_text((BOARDS / "schema.json").read_text())
    new_board(tmp_path / "mine", {})
    monkeypatch.setattr(boards, "BOARDS", tmp_path)
    assert (boards.names(), boards.load("mine")["name"]) == (["mine"], "mine")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sck = 7": "sck ="}, "is not TOML"),
        ({"sck = 7": "sck = 9"}, "board mine cannot be right: pin 9 is used twice: card sck and card cmd"),
    ],
)
def test_a_board_that_cannot_be_right_is_not_loaded(tmp_path, change, message):
    with pytest.raises(BoardError) as error:
        boards.load(new_board(tmp_path / "mine", change))
    assert message in error.value.message


def test_firmware_hal_and_simulator_know_no_board_by_name():
    files = [file for room in ("firmware", "hal", "sim") for file in (BOARDS.parent / room).rglob("*.py")]
    assert [file.name for file in files for name in boards.names() if name in file.read_text()] == []
    assert len(files) > 50


def test_an_unknown_board_is_answered_with_the_known_ones():
    with pytest.raises(BoardError) as error:
        boards.load("nothing_here")
    assert all(name in error.value.hint for name in boards.names())


def test_check_lists_what_is_wrong_for_programs(tmp_path, capsys):
    folder = new_board(tmp_path / "mine", {"pin = 21": "pin = 47"})
    exit_code = cli.main(["board", "check", str(folder), "--json"])
    assert (exit_code, json.loads(capsys.readouterr().out)) == (
        1,
        {"board": "mine", "problems": ["pin 47 is used twice: camera href_pin and led"]},
    )


def test_list_and_show_know_every_board(capsys):
    assert cli.main(["board", "list", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == boards.names()
    for name in boards.names():
        assert cli.main(["board", "show", name, "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert {**shown, "folder": ""} == {**boards.load(name), "folder": ""}
