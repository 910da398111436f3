# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog backup`, `restore` and `erase` on simulated boards, by unmodified esptool."""

import copy
import stat
from pathlib import Path

import pytest

from host_tools.cli import main
from sim.options import find_board
from tests.host.sim_boards import XIAO, SimBoard
from tests.host.test_flash import prepare

BOARD = copy.deepcopy(find_board(XIAO))  # with a flash of 1 MB, which is read and written in an eighth of the time
BOARD["flash"]["size_bytes"] = 1 << 20
BOARD["flash"]["partitions"][-2]["size"] = 0x30000
BOARD["flash"]["partitions"][-1].update(offset=0x40000, size=0xC0000)


@pytest.fixture(autouse=True)
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the flash of a recorder called mine."""
    monkeypatch.setenv("DAYLOG_STATE", str(tmp_path / "state"))
    return prepare(tmp_path, BOARD)


def test_a_backup_is_private_and_brings_everything_back(used: Path, capsys: pytest.CaptureFixture[str]):
    file = used / "before.bin"
    with SimBoard(used, facts=BOARD) as board:
        saved = main(["backup", str(file), "--port", board.port])
        flashed = main(["erase", "--port", board.port, "--name", "mine"])
        erased = board.flash.read(0, board.flash.size)
        restored = main(["restore", str(file), "--port", board.port])
        assert [saved, flashed, restored] == [0, 0, 0]
        board.hears("daylog> ", b"\r")
    assert [set(erased), stat.S_IMODE(file.stat().st_mode)] == [{0xFF}, 0o600]
    said = capsys.readouterr().out.splitlines()
    assert [said[0], said[1]] == [f"1,048,576 bytes in {file}", "mine is erased; `daylog flash` makes it a recorder again"]


def test_nothing_is_erased_without_the_name(used: Path, capsys: pytest.CaptureFixture[str]):
    before = (used / "flash.bin").read_bytes()
    with SimBoard(used, facts=BOARD) as board:
        code = main(["erase", "--port", board.port, "--name", "yours"])
        assert board.hears("daylog> ", b"\r")
    assert code == 2 and f"the recorder at {board.port} is mine, not yours" in capsys.readouterr().err
    assert board.flash.read(0, 0x40000) == before[:0x40000]


@pytest.mark.parametrize(
    ("data", "words"), [(b"short", "has 5 bytes, the flash 1048576"), (b"\xe9" + bytes((1 << 20) - 1), "is of an ESP32, the")]
)
def test_what_is_no_backup_of_this_board_is_refused(used: Path, capsys: pytest.CaptureFixture[str], data: bytes, words: str):
    file = used / "other.bin"
    file.write_bytes(data)
    with SimBoard(used, facts=BOARD) as board:
        code = main(["restore", str(file), "--port", board.port])
    assert code == 1 and words in capsys.readouterr().err
