# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An empty FAT32 file system as a card comes from the factory: two FATs, clusters of 32 KiB.

Without a partition table, so that fsck.vfat and mtools take the image as it is.
"""

from pathlib import Path

from firmware.fat_format import BACKUP, END_OF_CHAIN, FATS, FSINFO, LEAST_CLUSTERS, LEAST_RESERVED, SECTOR, Layout

__all__ = ["CLUSTER_SECTORS", "END_OF_CHAIN", "FATS", "LEAST_BYTES", "RESERVED_SECTORS", "SECTOR", "format_fat32"]

CLUSTER_SECTORS = 64
RESERVED_SECTORS = LEAST_RESERVED
LEAST_BYTES = (LEAST_CLUSTERS + 2) * CLUSTER_SECTORS * SECTOR
SERIAL = 0x0DA17065


def format_fat32(path: Path, size: int) -> None:
    """Make a sparse file of `size` bytes with an empty FAT32 in it. Raises ValueError when that is too small."""
    layout = Layout(0, size // SECTOR, CLUSTER_SECTORS)
    if layout.clusters < LEAST_CLUSTERS:
        raise ValueError(f"FAT32 with clusters of 32 KiB needs at least {LEAST_BYTES} bytes")
    with path.open("wb") as file:
        file.truncate(size)
        for sector in (0, BACKUP):
            file.seek(sector * SECTOR)
            file.write(layout.boot_sector(SERIAL))
            file.seek((sector + FSINFO) * SECTOR)
            file.write(layout.fs_info())
        for fat in range(FATS):
            file.seek((layout.reserved + fat * layout.fat_sectors) * SECTOR)
            file.write(layout.fat_head())
