# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board's flash from whatever it holds to a recorder, its own files kept.

done = flash(board, "/dev/ttyACM0", Path("firmware.bin"))
done.recorder       # "Daylog 0.1.0 on daylog-d10a01: recording"

What is refused is refused before anything is written. Whatever interrupts the rest, the same call again succeeds.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.boards import partition
from host_tools.flashing import app_image, firmware_file, greeting, partition_table
from host_tools.flashing.chips import FlashError, chip_of
from host_tools.flashing.esptool import Chip, in_loader
from host_tools.flashing.file_system import NoFileSystem, Read, blocks_in_use, files_in
from host_tools.flashing.flash_reader import FlashReader
from host_tools.flashing.keepsakes import Keepsakes, is_theirs
from host_tools.progress import Advance, up_to
from sim.image import firmware_files, pack

Bar = Callable[[str, float | None], AbstractContextManager[Advance]]


def no_bar(title: str, total: float | None) -> AbstractContextManager[Advance]:
    """For whoever does not look."""
    return nullcontext(lambda amount: None)


@dataclass(frozen=True)
class Flashed:
    """`unchanged_bytes` were in the flash already; `kept` are the board's own files."""

    board: str
    port: str
    chip: str
    mac: str
    written_bytes: int
    unchanged_bytes: int
    kept: list[str]
    recorder: str


def flash(board: dict[str, Any], port: str, firmware: Path | None, bar: Bar = no_bar) -> Flashed:
    """Flash the board at that port; without a `firmware` it must have MicroPython already. Raises DaylogError."""
    parts = firmware_file.read(firmware, board) if firmware else {}
    ours = firmware_files(board)
    with in_loader(port) as chip:
        keepsakes = Keepsakes(chip.mac)
        with bar("looking at the board", None):
            kept = _look(chip, board, keepsakes, has_firmware=bool(parts))
        image = pack(board, {**kept, **ours})
        parts |= blocks_in_use(image.data, image.offset)
        keepsakes.save(kept)
        written = write_parts(chip, parts, bar)
        keepsakes.forget()
    with bar("starting", None):
        recorder = greeting.wait(port)
    unchanged = sum(map(len, parts.values())) - written
    return Flashed(board["name"], port, chip.title, chip.mac, written, unchanged, sorted(kept), recorder)


def _look(chip: Chip, board: dict[str, Any], keepsakes: Keepsakes, has_firmware: bool) -> dict[str, bytes]:
    """The board's own files, if it is the board and can become a recorder. Raises FlashError."""
    _check_chip(chip, board)
    reader = FlashReader(chip.read)
    if not has_firmware:
        _check_micropython(reader, board)
    return keepsakes.saved() or _theirs(reader, board)


def _check_chip(chip: Chip, board: dict[str, Any]) -> None:
    """Raises FlashError."""
    wanted = chip_of(board)
    if chip.title != wanted.title:
        raise FlashError(
            f"at {chip.port} is an {chip.title}, but board {board['name']} has an {wanted.title}",
            "nothing was written; give the right --board, or the port of the right board",
        )
    if chip.flash_bytes != board["flash"]["size_bytes"]:  # a file system has the size of what MicroPython finds behind its own
        raise FlashError(
            f"the flash at {chip.port} has {chip.flash_bytes >> 20} MB, board {board['name']} says {board['flash']['size_bytes'] >> 20}",
            "nothing was written; is it really this board? else correct [flash] in its board.toml",
        )


def _check_micropython(read: Read, board: dict[str, Any]) -> None:
    """Raises FlashError."""
    chip = chip_of(board)
    known = board.get("firmware", {})
    hint = f"give --firmware FILE: {known.get('name', 'a MicroPython with camera support')} {known.get('url', '')}".rstrip()
    found = app_image.image_id(read(chip.bootloader_offset, app_image.HEADER_BYTES))
    if found != chip.image_id:
        raise FlashError("there is no MicroPython on the board", hint)
    app = firmware_file.check_table("the board's flash", read(partition_table.OFFSET, partition_table.SIZE), board)
    if app_image.image_id(read(app.offset, app_image.HEADER_BYTES)) != chip.image_id:
        raise FlashError("there is no whole MicroPython on the board", hint)


def _theirs(read: Read, board: dict[str, Any]) -> dict[str, bytes]:
    """The board's own files; none where there is no file system."""
    row = partition(board, "vfs")
    try:
        return files_in(read, row["offset"], row["size"], is_theirs)
    except NoFileSystem:
        return {}


def write_parts(chip: Chip, parts: dict[int, bytes], bar: Bar) -> int:
    """{offset: bytes} under a bar; returns how many had to be written. Raises FlashError."""
    total = sum(map(len, parts.values()))
    with bar("writing", total) as advance:
        tell = up_to(total, advance)
        written = chip.write(parts, lambda address: tell(sum(min(len(data), max(0, address - at)) for at, data in parts.items())))
        tell(total)
    return written
