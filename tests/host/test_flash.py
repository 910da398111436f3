# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog flash` on simulated boards, by unmodified esptool: what it writes, what it keeps, and what it refuses."""

import copy
import errno
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from host_tools.boards import partition
from host_tools.cli import main
from host_tools.flashing import app_image, greeting, partition_table
from host_tools.flashing.chips import FlashError
from host_tools.flashing.esptool import LinkLost
from host_tools.flashing.file_system import files_in
from host_tools.flashing.flash import flash, no_bar
from host_tools.flashing.keepsakes import Keepsakes, is_theirs
from host_tools.flashing.serial_port import PortError, open_port
from host_tools.progress import Advance
from sim.image import firmware_files, pack
from sim.options import find_board
from sim.rom.nor import NorFlash
from sim.rom.stand_in import firmware
from tests.host.sim_boards import XIAO, SimBoard

BOARD = find_board(XIAO)
VFS = partition_table.of_board(BOARD)[-1]
OTHER = {**BOARD, "name": "other_board", "mcu": "esp32"}
MINE = {"settings.json": b'{"device_id": "mine"}', "lib/extra.py": b"ANSWER = 42\n"}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAYLOG_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A folder with the flash of a board that somebody has used: an older firmware, and files of its own."""
    return prepare(tmp_path)


def prepare(folder: Path, facts: dict[str, Any] = BOARD) -> Path:
    chip = NorFlash.at(folder / "flash.bin", facts["flash"]["size_bytes"])
    chip.program(0, firmware(facts))
    chip.program(
        partition(facts, "vfs")["offset"], pack(facts, {**firmware_files(facts), **MINE, "firmware/a_module_no_more.mpy": bytes(5000)}).data
    )
    return folder


def files_of(folder: Path, wanted: Any = is_theirs) -> dict[str, bytes]:
    chip = NorFlash.at(folder / "flash.bin", BOARD["flash"]["size_bytes"])
    return files_in(chip.read, VFS.offset, VFS.size, wanted)


def test_from_an_erased_board_to_a_recorder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with SimBoard(tmp_path) as board:
        code = main(["flash", "--board", XIAO, "--port", board.port, "--firmware", str(board.firmware(tmp_path)), "--json"])
        done = json.loads(capsys.readouterr().out)
        assert [code, done["chip"], done["mac"], done["kept"]] == [0, "ESP32-S3", "24:58:7c:d1:0a:01", []]
        assert done["recorder"] == "Daylog 0.1.0 on daylog-d10a01: recording"
        again = flash(BOARD, board.port, None)
    assert [again.written_bytes, again.unchanged_bytes > 0] == [0, True]


def test_what_the_board_holds_of_its_own_stays(used: Path, state: Path):
    with SimBoard(used) as board:
        done = flash(BOARD, board.port, None)
    assert done.recorder == "Daylog 0.1.0 on mine: recording"
    assert [done.kept, files_of(used)] == [sorted(MINE), MINE]
    assert files_of(used, lambda path: not is_theirs(path)) == firmware_files(BOARD)
    assert list((state / "flashing").iterdir()) == []


@contextmanager
def interrupting(title: str, total: float | None) -> Iterator[Any]:
    """A progress bar at which somebody presses Ctrl-C in the middle of the writing."""

    def advance(amount: float) -> None:
        if title == "writing" and amount:
            raise KeyboardInterrupt

    yield advance


def test_interrupted_it_can_be_done_again(used: Path):
    with SimBoard(used) as board:
        with pytest.raises(KeyboardInterrupt):
            flash(BOARD, board.port, None, interrupting)
        kept = Keepsakes("24:58:7c:d1:0a:01").saved()
        done = flash(BOARD, board.port, None)
    assert [kept, done.kept, files_of(used)] == [MINE, sorted(MINE), MINE]


@pytest.mark.parametrize("packet", [3, 500])
def test_a_cable_pulled_while_the_board_is_looked_at(used: Path, packet: int):
    with SimBoard(used, unplug_at=packet) as board, pytest.raises(FlashError):
        flash(BOARD, board.port, None)
    with SimBoard(used) as board:
        flash(BOARD, board.port, None)
    assert files_of(used) == MINE


def test_a_cable_pulled_while_the_flash_is_written(used: Path):
    """It is said, no footage is touched, and what the board held of its own comes back."""
    card, stamps = used / "run" / "card.img", []

    def looking(title: str, total: float | None) -> AbstractContextManager[Advance]:
        stamps.append(card.stat().st_mtime_ns)
        return no_bar(title, total)

    with SimBoard(used, unplug_at=700) as board, pytest.raises(LinkLost) as said:
        flash(BOARD, board.port, None, looking)
    stamps.append(card.stat().st_mtime_ns)
    assert "give the same command" in said.value.hint
    assert len(set(stamps[1:])) == 1, "the card was written to while the flash was"
    with SimBoard(used) as board:
        done = flash(BOARD, board.port, None)
    assert [done.kept, files_of(used)] == [sorted(MINE), MINE]


def refusal(folder: Path, facts: dict[str, Any], image: bytes | None) -> str:
    """What flashing the board of this folder says; its flash must be as it was."""
    path = folder / "given.bin"
    if image is not None:
        path.write_bytes(image)
    before = (folder / "flash.bin").read_bytes() if (folder / "flash.bin").exists() else None
    with SimBoard(folder) as board, pytest.raises(FlashError) as said:
        flash(facts, board.port, path if image is not None else None)
    assert before in (None, board.flash.read(0, board.flash.size))
    return str(said.value)


GOOD = firmware(BOARD)
SMALL = copy.deepcopy(BOARD)
SMALL["flash"]["size_bytes"] += 8 << 20
SMALL["flash"]["partitions"][-1]["size"] += 8 << 20
MOVED = copy.deepcopy(BOARD)
MOVED["flash"]["partitions"][-1]["offset"] += 0x100000
HASHED = {**BOARD, "firmware": {"sha256": "0" * 64, "url": "https://example.org/firmware.bin", "name": "the one with a camera"}}


@pytest.mark.parametrize(
    ("facts", "image", "words"),
    [
        (OTHER, firmware(OTHER), r"is an ESP32-S3, but board other_board has an ESP32\n  nothing was written"),
        (SMALL, GOOD, r"has 8 MB, board xiao_esp32s3_sense says 16"),
        (BOARD, firmware(OTHER), r"is for the ESP32, the board has an ESP32-S3"),
        (BOARD, b"PK\x03\x04 an archive", r"is no firmware for an ESP32"),
        (BOARD, app_image.build(9, [(0x42000000, b"an update")]), r"holds no partition table\n  take the whole firmware.bin"),
        (BOARD, GOOD[:-100], r"holds no whole application\n  download it again"),
        (BOARD, firmware(BOARD, 0x1F0000), r"the application in .* has \d+ bytes, its partition 2031616"),
        (MOVED, GOOD, r"has vfs at 0x200000, .*; board xiao_esp32s3_sense wants vfs at 0x300000"),
        (HASHED, GOOD, r"is not the firmware that the board's file names: .*\n  download https://example.org/firmware.bin"),
        (HASHED, None, r"there is no MicroPython on the board\n  give --firmware FILE: the one with a camera https://example.org"),
    ],
    ids=["chip", "size", "image", "archive", "update", "cut", "large", "partitions", "hash", "none"],
)
def test_what_is_wrong_is_refused_before_anything_is_written(tmp_path: Path, facts: dict[str, Any], image: bytes | None, words: str):
    assert re.search(words, refusal(tmp_path, facts, image))


def test_no_chip_answers(tmp_path: Path):
    with SimBoard(tmp_path, unplug_at=0) as board, pytest.raises(FlashError) as said:
        flash(BOARD, board.port, None)
    assert "there is no port" in str(said.value) or "no ESP32 answers" in str(said.value)


def test_a_port_that_another_program_has(tmp_path: Path):
    with SimBoard(tmp_path) as board, closing(open_port(board.port)), pytest.raises(PortError) as said:
        flash(BOARD, board.port, None)
    assert said.value.message == f"another program has the port {board.port}"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "there is no port /dev/x\n  is the board plugged in"),
        (errno.EACCES, "nobody has allowed you to use the port /dev/x\n  `sudo usermod -aG dialout"),
        (errno.EIO, "the port /dev/x cannot be opened"),
    ],
)
def test_a_port_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch, number: int, words: str):
    def refuse(*_: Any, **__: Any) -> None:
        raise serial.SerialException(number, os.strerror(number))

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(PortError) as said:
        open_port("/dev/x")
    assert str(said.value).startswith(words)


def test_a_recorder_that_does_not_speak(tmp_path: Path):
    with SimBoard(tmp_path) as board, pytest.raises(greeting.Silent) as said:
        greeting.wait(board.port, patience_s=0.5)
    assert "invalid header" in said.value.hint


def test_what_is_kept_meanwhile_is_private_and_goes(state: Path):
    keepsakes = Keepsakes("24:58:7c:d1:0a:01")
    keepsakes.save(MINE)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (state / "flashing", *(state / "flashing").iterdir())]
    assert [modes, keepsakes.saved()] == [[0o700, 0o600], MINE]
    keepsakes.forget()
    assert keepsakes.saved() is None
