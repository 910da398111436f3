# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog flash --drive`: a Pico's drive is a folder here."""

import os
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import load
from host_tools.cli import main
from host_tools.errors import DaylogError
from host_tools.flashing import uf2
from host_tools.flashing.bootsel import CHIPS, FILE, FLASH_BASE, INFO, copy
from host_tools.flashing.file_system import files_in
from sim.image import firmware_files

BOARD = {**load("xiao_esp32s3_sense"), "mcu": "rp2350"}  # any partition and any files will do
VFS = BOARD["flash"]["partitions"][-1]
MICROPYTHON = uf2.join(
    [uf2.Block(0xE48BFF57, 0x10FFFF00, 256, bytes(256)), *uf2.split({FLASH_BASE: b"MicroPython" * 500}, CHIPS["rp2350"].family)]
)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    path = tmp_path / "RP2350"
    path.mkdir()
    (path / INFO).write_text("UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\nBoard-ID: RP2350\n")
    return path


def flashed(drive: Path) -> bytearray:
    """The flash that the board makes of the file."""
    flash = bytearray(b"\xff" * BOARD["flash"]["size_bytes"])
    for block in uf2.parse((drive / FILE).read_bytes()):
        if block.family == CHIPS["rp2350"].family:
            at = block.address - FLASH_BASE
            flash[at : at + block.size] = block.payload
    return flash


def test_the_file_holds_firmware_and_file_system(drive: Path, tmp_path: Path):
    firmware = tmp_path / "micropython.uf2"
    firmware.write_bytes(MICROPYTHON)
    size = copy(BOARD, drive, firmware)
    flash = flashed(drive)
    files = files_in(lambda at, count: bytes(flash[at : at + count]), VFS["offset"], VFS["size"], lambda path: True)
    assert [files, flash.startswith(b"MicroPython" * 500), size] == [firmware_files(BOARD), True, (drive / FILE).stat().st_size // 2]


@pytest.mark.parametrize(
    ("facts", "info", "firmware", "words"),
    [
        ({"mcu": "esp32"}, None, None, "has no drive to be flashed by"),
        ({}, "", None, "is a board without a name, but board"),
        ({"mcu": "rp2040"}, None, None, "is a RP2350, but board xiao_esp32s3_sense shows as RPI-RP2"),
        ({}, None, b"\x7fELF", "is no UF2: 4 bytes are no whole blocks"),
        ({}, None, uf2.join(uf2.split({0: b"code"}, CHIPS["rp2040"].family)), "is for another chip than the RP2350"),
        (
            {},
            None,
            uf2.join(uf2.split({FLASH_BASE + VFS["offset"] - 1: b"code"}, CHIPS["rp2350"].family)),
            "beyond the beginning of the file",
        ),
    ],
)
def test_what_is_wrong_is_refused(drive: Path, tmp_path: Path, facts: dict[str, Any], info: str | None, firmware: bytes | None, words: str):
    path = tmp_path / "given.uf2"
    path.write_bytes(firmware or b"")
    if info is not None:
        (drive / INFO).write_text(info)
    with pytest.raises(DaylogError, match=words):
        copy({**BOARD, **facts}, drive, path if firmware else None)
    assert os.listdir(drive) == [INFO]


def test_any_folder_is_no_drive(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["flash", "--board", "xiao_esp32s3_sense", "--drive", str(tmp_path)]) == 1
    with pytest.raises(DaylogError, match=r"it has no INFO_UF2.TXT\n  hold its button BOOTSEL"):
        copy(BOARD, tmp_path, None)


def test_a_drive_that_goes_away(drive: Path, monkeypatch: pytest.MonkeyPatch):
    def gone(path: Path, data: bytes) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "write_bytes", gone)
    with pytest.raises(DaylogError, match=r"the drive went away .*\n  plug it in again with BOOTSEL"):
        copy(BOARD, drive, None)
