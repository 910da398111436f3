# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog deploy` to a simulated board, by unmodified mpremote."""

import json
from pathlib import Path

import pytest

from host_tools.cli import main
from host_tools.flashing.chips import FlashError
from host_tools.flashing.deploy import deploy
from sim.image import firmware_files
from sim.options import find_board
from tests.host.sim_boards import XIAO, SimBoard
from tests.host.test_flash import MINE, VFS, files_of, is_theirs, prepare

BOARD = find_board(XIAO)


def test_only_what_has_changed_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    prepare(tmp_path)
    with SimBoard(tmp_path) as board:
        board.hears("daylog> ", b"\r")
        code = main(["deploy", "--board", XIAO, "--port", board.port, "--json"])
        first = json.loads(capsys.readouterr().out)
        again = deploy(BOARD, board.port)
    assert [code, first["changed"], first["removed"]] == [0, [], ["firmware/a_module_no_more.mpy"]]
    assert first["recorder"] == "Daylog 0.1.0 on mine: recording"
    assert [again.changed, again.removed] == [[], []]


def test_new_folders_and_changed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    prepare(tmp_path)
    files = firmware_files(BOARD)
    wanted = {**files, "main.py": files["main.py"] + b"# newer\n", "hal/a/b/c.mpy": b"new"}
    monkeypatch.setattr("host_tools.flashing.deploy.firmware_files", lambda board: wanted)
    with SimBoard(tmp_path) as board:
        board.hears("daylog> ", b"\r")
        done = deploy(BOARD, board.port)
    assert done.changed == ["hal/a/b/c.mpy", "main.py"]
    assert files_of(tmp_path) == MINE
    assert files_of(tmp_path, lambda path: not is_theirs(path)) == wanted


@pytest.mark.parametrize(
    ("flashed", "words"), [(True, "is board xiao_esp32s3_sense, not esp32_cam"), (False, "no Daylog, not esp32_cam")], ids=["other", "bare"]
)
def test_another_board_is_left_alone_and_records_on(tmp_path: Path, flashed: bool, words: str):
    prepare(tmp_path)
    board = SimBoard(tmp_path)
    if not flashed:
        board.flash.erase(VFS.offset, VFS.size)
    with board:
        board.hears("> ", b"\r")
        with pytest.raises(FlashError, match=words):
            deploy(find_board("esp32_cam"), board.port)
        board.hears("> ", b"\r")
