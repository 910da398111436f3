# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Card images: sparse files with a FAT32 that FatFs itself made, and what a power cut leaves of them."""

import shutil
import struct
import subprocess
from pathlib import Path

from host_tools.errors import DaylogError
from sim.image import ROOT, cache_folder
from sim.world import SECTOR, interpreter


def make(path: Path, megabytes: int) -> None:
    """A freshly formatted card. Raises DaylogError when the interpreter cannot be run."""
    template = cache_folder() / "cards" / f"{megabytes}.img"
    if not template.exists():
        template.parent.mkdir(exist_ok=True)
        _format(template, megabytes * 1_000_000 // SECTOR * SECTOR)
    copy_sparse(template, path)


def _format(path: Path, size: int) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.truncate(size)
    done = subprocess.run([interpreter(), str(ROOT / "sim/device/format_card.py"), str(fresh), str(size)], capture_output=True, text=True)
    if done.returncode:
        raise DaylogError("the card image could not be formatted", (done.stderr or done.stdout).strip()[-300:])
    fresh.rename(path)


def copy_sparse(source: Path, target: Path) -> None:
    """Copy a file without giving its holes room on the disk."""
    if shutil.which("cp"):
        subprocess.run(["cp", "--sparse=always", str(source), str(target)], check=True)
    else:
        shutil.copyfile(source, target)


def undo(image: Path, log: Path, keep: int = 0) -> int:
    """Put back what the card had not been told to keep, newest first; `keep` writes are left as they are.

    Returns how many writes were undone. Log: u32 sector, u32 count, the bytes replaced; a count of 0 ends it.
    """
    writes = list(_entries(log))[keep:]
    with image.open("r+b") as file:
        for sector, old in reversed(writes):
            file.seek(sector * SECTOR)
            file.write(old)
    return len(writes)


def _entries(log: Path) -> list[tuple[int, bytes]]:
    data, at, found = log.read_bytes(), 0, []
    while at + 8 <= len(data):
        sector, count = struct.unpack_from("<II", data, at)
        if not count:
            break
        found.append((sector, data[at + 8 : at + 8 + count * SECTOR]))
        at += 8 + count * SECTOR
    return found
