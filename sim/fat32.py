# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An empty FAT32 file system as a card comes from the factory: two FATs, clusters of 32 KiB.

Layout after Microsoft, "FAT32 File System Specification" 1.03. Without a partition table, so that
fsck.vfat and mtools take the image as it is. MicroPython's own mkfs would write one FAT only.
"""

import struct
from pathlib import Path

SECTOR = 512
CLUSTER_SECTORS = 64
RESERVED_SECTORS = 32
FATS = 2
MEDIA = 0xF8
LEAST_CLUSTERS = 65525  # fewer would be FAT16 by definition
LEAST_BYTES = (LEAST_CLUSTERS + 2) * CLUSTER_SECTORS * SECTOR
SERIAL = 0x0DA17065
END_OF_CHAIN = 0x0FFFFFFF


def format_fat32(path: Path, size: int) -> None:
    """Make a sparse file of `size` bytes with an empty FAT32 in it. Raises ValueError when that is too small."""
    sectors = size // SECTOR
    fat_sectors = _fat_sectors(sectors)
    clusters = (sectors - RESERVED_SECTORS - FATS * fat_sectors) // CLUSTER_SECTORS
    if clusters < LEAST_CLUSTERS:
        raise ValueError(f"FAT32 with clusters of 32 KiB needs at least {LEAST_BYTES} bytes")
    with path.open("wb") as file:
        file.truncate(size)
        for sector in (0, 6):  # the boot sector and its backup, each with its FSInfo
            file.seek(sector * SECTOR)
            file.write(_boot_sector(sectors, fat_sectors) + _fs_info(clusters))
        for fat in range(FATS):
            file.seek((RESERVED_SECTORS + fat * fat_sectors) * SECTOR)
            file.write(struct.pack("<III", 0x0FFFFF00 | MEDIA, END_OF_CHAIN, END_OF_CHAIN))  # two reserved entries, the root


def _fat_sectors(sectors: int) -> int:
    """Sectors of one FAT: 128 entries each, for every cluster and two reserved ones."""
    clusters = (sectors - RESERVED_SECTORS) // CLUSTER_SECTORS
    return -(-(clusters + 2) // 128)


def _boot_sector(sectors: int, fat_sectors: int) -> bytes:
    geometry = struct.pack("<HBHBHHBHHHII", SECTOR, CLUSTER_SECTORS, RESERVED_SECTORS, FATS, 0, 0, MEDIA, 0, 63, 255, 0, sectors)
    fat32 = struct.pack("<IHHIHH12x", fat_sectors, 0, 0, 2, 1, 6)  # flags, version, root cluster, FSInfo, backup
    drive = struct.pack("<BBBI11s8s", 0x80, 0, 0x29, SERIAL, b"NO NAME    ", b"FAT32   ")
    head = b"\xeb\x58\x90" + b"MSWIN4.1" + geometry + fat32 + drive
    return head + bytes(510 - len(head)) + b"\x55\xaa"


def _fs_info(clusters: int) -> bytes:
    head = b"RRaA" + bytes(480) + b"rrAa" + struct.pack("<II", clusters - 1, 3)
    return head + bytes(510 - len(head)) + b"\x55\xaa"
