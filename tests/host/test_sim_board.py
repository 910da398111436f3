# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated board behind one port: unmodified esptool writes its flash, and it boots what is there."""

from pathlib import Path

import pytest
import serial

from host_tools.flashing import app_image, partition_table
from sim.image import build
from sim.options import find_board
from sim.rom.boot import Stuck, start
from sim.rom.chips import ROMS
from sim.rom.nor import NorFlash
from sim.rom.stand_in import firmware
from sim.tcp_ports import Lines, Rfc2217Port, SocketPort
from tests.host.sim_boards import XIAO, SimBoard, run

BOARD = find_board(XIAO)
VFS = partition_table.of_board(BOARD)[-1]


def test_an_erased_board_complains_again_and_again(tmp_path: Path):
    with SimBoard(tmp_path) as board:
        board.hears("invalid header: 0xffffffff\r\nESP-ROM")
        board.hears("invalid header: 0xffffffff\r\nESP-ROM")


@pytest.mark.parametrize("port", [None, SocketPort])
def test_esptool_flashes_it_and_mpremote_meets_a_fresh_micropython(tmp_path: Path, port: type[SocketPort] | None):
    with SimBoard(tmp_path, port() if port else None) as board:
        written = board.esptool("write-flash", "0", str(board.firmware(tmp_path)))
        started = board.esptool("--no-stub", "run")
        listed = run("mpremote", "connect", board.port, "fs", "ls")
    assert [written.returncode, started.returncode] == [0, 0]
    assert "Hash of data verified." in written.stdout
    assert listed.stdout.split() == ["ls", ":", "75", "boot.py"]


def test_it_boots_the_files_that_were_flashed(tmp_path: Path):
    image = tmp_path / "vfs.bin"
    image.write_bytes(build(BOARD, {"device_id": "flashed"}).data)
    with SimBoard(tmp_path) as board:
        board.esptool("write-flash", "0", str(board.firmware(tmp_path)), hex(VFS.offset), str(image))
        board.esptool("--no-stub", "run")
        assert "Daylog" in board.hears("daylog> ")


def test_the_control_lines_reset_it_into_the_loader_and_out_of_it(tmp_path: Path):
    """As esptool's classic reset sets them; esptool itself takes ten seconds for each command over rfc2217."""
    with SimBoard(tmp_path, Rfc2217Port()) as board:
        line = serial.serial_for_url(board.port, do_not_open=True)
        line.timeout, line.dtr, line.rts = 30, False, True
        line.open()
        line.dtr, line.rts = True, False
        assert b"boot:0x0" in line.read_until(b"waiting for download\r\n")
        line.dtr, line.rts = False, True
        line.rts = False
        assert b"rst:0x1" in line.read_until(b"invalid header")
        line.close()


def test_which_lines_reset_the_chip():
    resets: list[tuple[float, bool]] = []
    now = [0.0]
    lines = Lines(lambda download: resets.append((now[0], download)), clock=lambda: now[0])
    for at, line, on in [
        (1, "rts", True),
        (1.1, "dtr", True),
        (1.2, "rts", False),
        (1.3, "dtr", False),
        (2, "rts", True),
        (2.1, "rts", False),
    ]:
        now[0] = at
        setattr(lines, line, on)
    assert resets == [(1.1, False), (1.2, True), (2.1, False)]


def flashed(folder: Path, *parts: tuple[int, bytes]) -> NorFlash:
    flash = NorFlash.at(folder / "flash.bin", BOARD["flash"]["size_bytes"])
    for offset, data in parts:
        flash.program(offset, data)
    return flash


GOOD = firmware(BOARD, application_bytes=64)
OTHER_CHIP = app_image.build(0, [(0x400D0000, b"code")])


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "invalid header: 0xffffffff"),
        ([(0, OTHER_CHIP)], "invalid header: 0x3f0201e9"),
        ([(0, GOOD[:0x8000])], "partition 0 invalid magic number 0xffff"),
        ([(0, GOOD[:0x9000])], "image at 0x10000 has invalid magic byte"),
        ([(0, GOOD[:0x9000]), (0x10000, OTHER_CHIP)], "mismatch chip ID, expected 9, found 0"),
        ([(0, GOOD), (VFS.offset, b"no file system")], "The filesystem appears to be corrupted."),
    ],
)
def test_what_is_missing_is_what_it_says(tmp_path: Path, parts: list[tuple[int, bytes]], words: str):
    with pytest.raises(Stuck, match=words):
        start(ROMS["esp32s3"], flashed(tmp_path, *parts))


def test_where_all_is_there_it_finds_the_file_system(tmp_path: Path):
    assert start(ROMS["esp32s3"], flashed(tmp_path, (0, GOOD))) == VFS
