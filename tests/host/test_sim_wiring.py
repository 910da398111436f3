# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board is held to its data: what the chip cannot do, what is not wired so, and what has no power."""

from pathlib import Path
from typing import Any

import pytest
from attempts import ATTEMPT
from tiny_board import BOARD, CAMERA, PINS, play

from host_tools.parts import of_board

SPI = {"slot": 2, "width": 1, "pins": {"sck": 7, "mosi": 9, "miso": 8, "cs": 21}}
OWN_PINS = {"slot": 1, "width": 1, "pins": {}}
ESP32_PINS = {**PINS, "data_pins": [5, 18, 19, 21, 36, 39, 34, 35], "pclk_pin": 22, "vsync_pin": 25, "href_pin": 23} | {
    "sda_pin": 26,
    "scl_pin": 27,
    "xclk_pin": 0,
}


def board(mcu: str = "esp32s3", **tables: Any) -> dict[str, Any]:
    data = {**BOARD, "mcu": mcu, **tables}
    return {**data, "facts": of_board(data)}


def attempts(tmp_path: Path, about: dict[str, Any], *lines: str) -> list[str]:
    """What came of each."""
    return play(tmp_path, ATTEMPT + "".join(f"attempt(lambda: {line})\n" for line in lines), board=about).printed


def test_a_card_on_spi_answers_on_its_slot_and_pins(tmp_path: Path):
    answers = "machine.SDCard(slot=2, sck=7, mosi=9, miso=8, cs=%d).info()"
    mixed = "machine.SDCard(slot=2, sck=7, cmd=9, data=[8])"
    found = attempts(
        tmp_path, board(card=SPI), answers % 21, answers % 20, mixed, "machine.SDCard(slot=1, miso=8)", "machine.SDCard(slot=4)"
    )
    assert found == ["accepted", "OSError", "ValueError", "ValueError", "ValueError"]


def test_the_slot_of_an_esp32_has_pins_of_its_own_and_no_words_for_them(tmp_path: Path):
    about = board("esp32", card=OWN_PINS, camera={**BOARD["camera"], "pins": ESP32_PINS})
    own = "machine.SDCard(slot=1, width=1).info()"
    found = attempts(tmp_path, about, own, "machine.SDCard(slot=1, cmd=15)", "machine.SDCard(slot=0)", "machine.Pin(14)", "machine.Pin(4)")
    assert found == ["accepted", "TypeError", "ValueError", "ValueError", "accepted"]


def test_pins_are_those_of_the_chip(tmp_path: Path):
    about = board("esp32", card=OWN_PINS, camera={**BOARD["camera"], "pins": ESP32_PINS})
    out = "machine.Pin(%d, machine.Pin.OUT)"
    found = attempts(tmp_path, about, out % 33, out % 37, "machine.Pin(37, machine.Pin.IN)", out % 6, out % 24, out % 40)
    assert found == ["accepted", "ValueError", "accepted", "ValueError", "ValueError", "ValueError"]


def test_an_esp32_has_no_thermometer(tmp_path: Path):
    about = board("esp32", card=OWN_PINS, camera={**BOARD["camera"], "pins": ESP32_PINS})
    warm = '__import__("esp32").mcu_temperature()'
    assert attempts(tmp_path, about, warm) + attempts(tmp_path, board(), warm) == ["AttributeError", "accepted"]


RAILS = """
import machine
bus = machine.I2C(0, scl=machine.Pin(6), sda=machine.Pin(5))
def rails(on):
    bus.writeto_mem(0x34, 0x92, bytes([(1800 - 500) // 100, (2800 - 500) // 100]))
    bus.writeto_mem(0x34, 0x90, bytes([on]))
    try:
        open_camera().deinit()
        print("picture")
    except OSError as error:
        print(error)
"""
DARK = "Failed to capture initial frame: nothing answers on the sensor's bus, for its rails are off"


def test_a_camera_whose_rails_are_off_does_not_answer(tmp_path: Path):
    camera = {**BOARD["camera"], "rails": {"aldo1": 1800, "aldo2": 2800}}
    about = board(camera=camera, gauge={"chip": "axp2101", "scl": 6, "sda": 5})
    ended = play(tmp_path, CAMERA + RAILS + "rails(0)\nrails(1)\nrails(3)\nrails(2)", board=about)
    assert ended.printed == [DARK, DARK, "picture", DARK]


def test_two_things_on_one_pin_are_no_board(tmp_path: Path):
    clash = {**BOARD["camera"], "pins": {**PINS, "xclk_pin": 7}}
    with pytest.raises(AssertionError, match="pin 7 is wired to card sck and to camera xclk_pin"):
        play(tmp_path, "", board=board(camera=clash))
