# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which port a board is found at, and what is said where that is not certain."""

from typing import Any

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from host_tools import boards, ports
from host_tools.cli import main

XIAO, CAM = boards.load("xiao_esp32s3_sense"), boards.load("esp32_cam")


def plugged_in(monkeypatch: pytest.MonkeyPatch, *usb: tuple[str, int, int]) -> None:
    """Ports of these names and ids, and one of the mainboard."""
    infos = [ListPortInfo("/dev/ttyS0")]
    for device, vid, pid in usb:
        info = ListPortInfo(device)
        info.vid, info.pid, info.product, info.serial_number = vid, pid, "USB Serial", device[-1]
        infos.append(info)
    monkeypatch.setattr(list_ports, "comports", lambda: infos)


def refusal(board: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(ports.NoPort) as said:
        ports.find(board=board)
    return str(said.value).split("\n")


def test_what_is_said_is_believed():
    assert ports.find("socket://127.0.0.1:7") == "socket://127.0.0.1:7"


def test_the_only_one_is_taken(monkeypatch: pytest.MonkeyPatch):
    plugged_in(monkeypatch, ("/dev/ttyACM0", 0x303A, 0x1001), ("/dev/ttyUSB0", 0x1A86, 0x7523), ("/dev/ttyUSB1", 0x067B, 0x2303))
    assert [ports.find(board=XIAO), ports.find(board=CAM)] == ["/dev/ttyACM0", "/dev/ttyUSB0"]
    assert [(one.port, "esp32_cam" in one.boards, one.boards == []) for one in ports.attached()] == [
        ("/dev/ttyACM0", False, False),
        ("/dev/ttyUSB0", True, False),
        ("/dev/ttyUSB1", False, True),
    ]


def test_two_are_listed_and_none_is_guessed(monkeypatch: pytest.MonkeyPatch):
    plugged_in(monkeypatch, ("/dev/ttyUSB9", 0x067B, 0x2303), ("/dev/ttyACM1", 0x303A, 0x1001), ("/dev/ttyACM0", 0x303A, 0x1001))
    assert refusal() == [
        "there are 2 ports at which a board may be",
        "  name one of them, with --port:",
        "    /dev/ttyACM0  303a:1001  USB Serial  0",
        "    /dev/ttyACM1  303a:1001  USB Serial  1",
    ]


def test_none_and_what_to_check(monkeypatch: pytest.MonkeyPatch):
    plugged_in(monkeypatch)
    nothing = refusal(XIAO)
    plugged_in(monkeypatch, ("/dev/ttyUSB0", 0x1A86, 0x7523))
    assert [nothing[0], "cable" in nothing[1], refusal(XIAO)[len(nothing) :]] == [
        "there is no port at which a board xiao_esp32s3_sense may be",
        True,
        ["  There are other ports, with ids that it does not show:", "    /dev/ttyUSB0  1a86:7523  USB Serial  0"],
    ]


@pytest.mark.parametrize("words", [["flash", "--board", XIAO["name"]], ["deploy", "--board", XIAO["name"]], ["erase"], ["backup", "x.bin"]])
def test_commands_look_for_the_port(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]):
    plugged_in(monkeypatch)
    assert main(words) == 1
    assert "there is no port at which a board" in capsys.readouterr().err
