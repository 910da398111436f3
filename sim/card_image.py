# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Card images: sparse files with a FAT32 as from the factory, and what a power cut leaves of them."""

import struct
from pathlib import Path

from sim.fat32 import SECTOR, format_fat32


def make(path: Path, megabytes: int) -> None:
    """A freshly formatted card, as a sparse file."""
    format_fat32(path, megabytes * 1_000_000 // SECTOR * SECTOR)


def undo(image: Path, log: Path, keep: int = 0) -> int:
    """Put back what the card had not been told to keep, newest first; `keep` writes are left as they are.

    Returns how many writes were undone.
    """
    writes = unsynced(log)[keep:]
    with image.open("r+b") as file:
        for sector, old in reversed(writes):
            file.seek(sector * SECTOR)
            file.write(old)
    return len(writes)


def unsynced(log: Path) -> list[tuple[int, bytes]]:
    """The writes since the last sync, oldest first: sector, and the bytes they replaced.

    Log: u32 sector, u32 count, the bytes replaced; a count of 0 ends it.
    """
    data, at, found = log.read_bytes(), 0, []
    while at + 8 <= len(data):
        sector, count = struct.unpack_from("<II", data, at)
        if not count:
            break
        found.append((sector, data[at + 8 : at + 8 + count * SECTOR]))
        at += 8 + count * SECTOR
    return found
