# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boards are data: what is refused, what the device gets, and what a new board costs."""

import copy
import json
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from board_folders import FIRST, new_board
from hypothesis import given
from hypothesis import strategies as st

from host_tools import board_check, board_pins, boards, cli, parts
from host_tools.board_check import FAIL, WARN
from host_tools.boards import BOARDS, BoardError

STRAPPING = "a level there at power-on decides how the chip starts"
BOOT_BUTTON = f"  WARN  pin 0 (button): {STRAPPING}\n        leave it only if the board's maker wired it so\n"


@pytest.fixture
def board() -> dict[str, Any]:
    return copy.deepcopy(boards.load(FIRST))


def put(board: dict[str, Any], path: str, value: Any) -> None:
    """Change one fact, named as check() names it."""
    *folders, last = path.split(".")
    for name in folders:
        board = board[name]
    board[last] = value


@pytest.mark.parametrize("name", boards.names())
def test_every_board_at_hand_is_right(name):
    assert boards.check(boards.load(name)) == []


@pytest.mark.parametrize("name", boards.microcontrollers())
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
        ("card.pins.cmd", 40, "pin 40 is used twice: camera sda_pin and card cmd"),
        ("card.width", 4, "card.pins.data names 1 pins, card.width is 4"),
        ("flash.size_bytes", 0x400000, "partition vfs runs into the end of the flash"),
        ("default_profile", "best", "default_profile best is not among the profiles"),
        ("profiles.svga10.fb_bytes", 100000, "profile svga10: the driver's frame buffer is width * height / 5 = 96000 bytes, not 100000"),
        ("profiles.svga10.expected_kb_per_frame", 97, "profile svga10: frames of 97 kB do not fit the frame buffer"),
        ("profiles.uxga2.chunk_bytes", 262144, "profile uxga2: a chunk must hold the largest frame and its indexes"),
        ("led.pin", 24, "pin 24 (led) does not exist"),
        ("led.pin", 27, "pin 27 (led) belongs to the flash and PSRAM"),
        ("led.pin", 36, "pin 36 (led) belongs to the octal PSRAM"),
        ("card.slot", 2, "card.pins must be cs, miso, mosi, sck for slot 2"),
        ("camera.rails", {"aldo1": 1800}, "camera.rails are given, and no chip that switches them"),
        ("camera.rails", {"aldo1": 1850}, "camera.rails.aldo1: 1850 is not a multiple of 100"),
        ("heap_bytes", 8_000_000, "a heap of 8000000 bytes and 768000 of frame buffers are more than the 8388608 bytes of PSRAM"),
        ("heap_bytes", 1_000_000, "a heap of 1000000 bytes has no room for two chunks of the default profile and the firmware"),
        ("usb.ids", ["303A:1001"], "usb.ids.0: '303A:1001' does not match '^[0-9a-f]{4}:[0-9a-f]{4}$'"),
    ],
)
def test_a_wrong_fact_is_named(board, path, value, problem):
    put(board, path, value)
    assert boards.check(changed(board)) == [problem]


def changed(board: dict[str, Any]) -> dict[str, Any]:
    """As if the file had said so."""
    return {**board, "facts": parts.of_board(board)}


@pytest.mark.parametrize(
    ("path", "value", "warning"),
    [
        ("button.pin", 44, "pin 44 (button) cannot wake the chip"),
        ("led.pin", 45, "pin 45 (led): a level there at power-on decides how the chip starts"),
        ("led.pin", 19, "pin 19 (led): it is the chip's USB"),
        ("mcu", "esp32x9", "nothing is known of the mcu esp32x9"),
        ("camera.sensor", "OV7670", "nothing is known of the sensor OV7670"),
    ],
)
def test_what_only_may_be_wrong_is_a_warning_with_advice(board, path, value, warning):
    put(board, path, value)
    found = boards.findings(changed(board))
    assert warning in [finding.text for finding in found]
    assert {finding.verdict for finding in found} == {WARN} and all(finding.fix for finding in found)


def test_an_esp32_has_a_slot_and_pins_that_only_read():
    board = copy.deepcopy(boards.load("esp32_cam"))
    for path, value in (("card.pins", {"sck": 14}), ("led.pin", 34), ("card.width", 4)):
        put(board, path, value)
    assert boards.check(changed(board)) == [
        "pin 34 is used twice: camera D6 and led",
        "pin 4 is used twice: card D1 and flash light",
        "pin 34 (led) can only be read",
        "slot 1 of an ESP32 has pins of its own",
    ]


@given(st.data())
def test_whatever_two_functions_get_one_pin_it_is_refused(data):
    board = boards.load(data.draw(st.sampled_from(boards.microcontrollers())))
    wires = list(board_pins.wires(board, board["facts"]))
    one, other = data.draw(st.permutations(wires))[:2]
    moved = [replace(wire, pin=other.pin) if wire is one else wire for wire in wires]
    with patch.object(board_check, "wires", lambda *_: moved):
        assert any(text.startswith(f"pin {other.pin} is used twice: ") for text in boards.check(board))


def test_a_board_may_be_another_with_differences(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "board.toml").write_text(f'based_on = "{FIRST}"\nmcu = "esp32s3"\n[led]\npin = 4\n')
    mine, base = boards.load(folder), boards.load(FIRST)
    assert {key for key in mine if mine[key] != base[key]} == {"name", "folder", "led"}
    assert (mine["led"], mine["name"]) == ({"pin": 4, "inverted": True}, "mine")


def test_a_board_that_is_based_on_nothing_is_not_loaded(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "board.toml").write_text('based_on = "nowhere"\n')
    with pytest.raises(BoardError) as error:
        boards.load(folder)
    assert error.value.message == "board mine is based on nowhere, which is no board"


def test_a_size_the_camera_does_not_have_is_refused_with_those_it_has(board):
    put(board, "profiles.svga10.size", "SVGA2")
    (finding,) = [each for each in boards.findings(board) if each.verdict == FAIL]
    assert (finding.text, finding.fix[:27]) == ("profile svga10: SVGA2 is not 800 x 600", "sizes are QVGA, CIF, HVGA, ")


def test_partitions_may_not_overlap(board):
    board["flash"]["partitions"][2]["size"] += 4096
    assert boards.check(board) == ["partition factory runs into vfs"]


def test_an_application_begins_on_a_page_and_nothing_before_the_table(board):
    rows = board["flash"]["partitions"]
    rows[0]["offset"], rows[2]["offset"] = 0x8000, 0x18000
    rows[2]["size"] -= 0x8000
    assert boards.check(board) == ["partition table runs into nvs", "partition factory begins at 0x18000"]


def test_a_pin_may_be_shared_if_the_board_says_so(board):
    put(board, "led.pin", board["card"]["pins"]["data"][0])
    before = boards.check(board)
    put(board, "shared_pins", board["card"]["pins"]["data"])
    assert (len(before), boards.check(board)) == (1, [])


def test_the_device_is_sent_what_it_needs_and_nothing_else(board):
    sent = json.loads(boards.compact(board))
    assert sent == {name: board[name] for name in board if name not in boards.HOST_ONLY}


def test_the_compact_form_does_not_depend_on_the_order_of_the_file(board):
    assert boards.compact(board) == boards.compact(dict(reversed(board.items())))


def test_a_new_board_is_one_folder(tmp_path, capsys):
    folder = new_board(
        tmp_path / "mine", {"xclk_pin = 10": "xclk_pin = 4", "heap_bytes = 4194304": "heap_bytes = 2097152", "sck = 7": "sck = 10"}
    )
    board = boards.load(folder)
    changed = board["name"], board["heap_bytes"], board["camera"]["pins"]["xclk_pin"], board["card"]["pins"]["sck"]
    assert changed == ("mine", 2097152, 4, 10)
    assert (cli.main(["board", "check", str(folder)]), capsys.readouterr().out) == (0, "mine: nothing is wrong\n" + BOOT_BUTTON)


def test_a_folder_below_boards_is_a_board_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "schema.json").write_text((BOARDS / "schema.json").read_text())
    new_board(tmp_path / "mine", {})
    monkeypatch.setattr(boards, "BOARDS", tmp_path)
    assert (boards.names(), boards.load("mine")["name"]) == (["mine"], "mine")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sck = 7": "sck = "}, "is not TOML"),
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
    told = json.loads(capsys.readouterr().out)
    assert (exit_code, [(row["board"], [(each["verdict"], each["text"]) for each in row["findings"]]) for row in told]) == (
        1,
        [("mine", [("FAIL", "pin 47 is used twice: camera href_pin and led"), ("WARN", "pin 0 (button): " + STRAPPING)])],
    )


def test_list_and_show_know_every_board(capsys):
    assert cli.main(["board", "list", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == boards.names()
    for name in boards.names():
        assert cli.main(["board", "show", name, "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert {**shown, "folder": ""} == {**boards.load(name), "folder": ""}
