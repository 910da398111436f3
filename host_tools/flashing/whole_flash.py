# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The flash of an ESP32 as a whole: into a file, back from it, and away.

backup("/dev/ttyACM0", Path("flash.bin"))
restore("/dev/ttyACM0", Path("flash.bin"))
with in_loader("/dev/ttyACM0") as chip:
    recorder_name(chip)     # "daylog-d10a01"
    erase(chip)
"""

import json
from pathlib import Path

from host_tools.files import write_private
from host_tools.flashing import app_image, partition_table
from host_tools.flashing.chips import CHIPS, EspChip, FlashError, title_of
from host_tools.flashing.esptool import Chip, in_loader
from host_tools.flashing.file_system import PART_BYTES, NoFileSystem, Read, files_in
from host_tools.flashing.flash import Bar, no_bar, write_parts
from host_tools.flashing.flash_reader import FlashReader
from host_tools.flashing.keepsakes import Keepsakes
from host_tools.flashing.partition_table import NoTable
from host_tools.progress import up_to

SETTINGS = "settings.json"


def backup(port: str, path: Path, bar: Bar = no_bar) -> int:
    """All of the flash, in a file that only its owner can read: it holds keys. Returns its size. Raises FlashError."""
    with in_loader(port) as chip, bar("reading", chip.flash_bytes) as advance:
        data = chip.read(0, chip.flash_bytes, up_to(chip.flash_bytes, advance))
    write_private(path, data)
    return len(data)


def restore(port: str, path: Path, bar: Bar = no_bar) -> int:
    """Make the flash what the file says; returns how many bytes differed. Raises FlashError."""
    data = path.read_bytes()
    with in_loader(port) as chip:
        _check_fits(path, data, chip)
        written = write_parts(chip, {at: data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)}, bar)
        Keepsakes(chip.mac).forget()
    return written


def recorder_name(chip: Chip) -> str:
    """What the recorder calls itself. Raises FlashError."""
    own = _settings(FlashReader(chip.read), chip.flash_bytes).get("device_id")
    return own or f"daylog-{chip.mac.replace(':', '')[-6:]}"


def erase(chip: Chip) -> None:
    """All of it, and what was kept here for that board. Raises FlashError."""
    chip.erase()
    Keepsakes(chip.mac).forget()


def _check_fits(path: Path, data: bytes, chip: Chip) -> None:
    if len(data) != chip.flash_bytes:
        raise FlashError(
            f"{path} has {len(data)} bytes, the flash {chip.flash_bytes}", "it is no backup of this board; nothing was written"
        )
    found = app_image.image_id(data[_chip(chip).bootloader_offset :])
    if found is not None and found != _chip(chip).image_id:
        raise FlashError(f"{path} is of an {title_of(found)}, the board has an {chip.title}", "nothing was written")


def _chip(chip: Chip) -> EspChip:
    return next(known for known in CHIPS.values() if known.title == chip.title)


def _settings(read: Read, flash_bytes: int) -> dict:
    """Of the recorder in the flash; none where there is none."""
    try:
        rows = partition_table.completed(partition_table.parse(read(partition_table.OFFSET, partition_table.SIZE)), flash_bytes)
        row = partition_table.named(rows, "vfs")
        files = files_in(read, row.offset, row.size, lambda path: path == SETTINGS) if row else {}
        found = json.loads(files.get(SETTINGS, b"{}"))
    except (NoTable, NoFileSystem, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
