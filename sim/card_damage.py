# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What can be wrong with what is on a card: made in its image, between two boots.

The images are those of sim/fat32.py: no partition table, two FATs, clusters of 32 KiB, the root folder in cluster 2.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

from sim.fat32 import CLUSTER_SECTORS, END_OF_CHAIN, FATS, RESERVED_SECTORS, SECTOR

CLUSTER_BYTES = CLUSTER_SECTORS * SECTOR
_ROOT = 2
_FILE_CLUSTERS = 65535  # a file of FAT32 is smaller than 4 GiB
_SPOILT_FAT_SECTORS = 64
_NAMES = (b"\xe5\xff\xfe\x01\x02\xa9 ", b"999999  ", b"DAYLOG\x7f\x80", b"JOURNAL ", b"\x05\xc3\x28\xf0\x9f  ")


class Fat32Image:
    """An image, read and changed in place."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        sectors, self._fat_sectors = struct.unpack("<II", self.read(0)[32:40])
        self.data_sector = RESERVED_SECTORS + FATS * self._fat_sectors
        self.clusters = (sectors - self.data_sector) // CLUSTER_SECTORS

    def __enter__(self) -> "Fat32Image":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, sector: int, count: int = 1) -> bytes:
        self._file.seek(sector * SECTOR)
        return self._file.read(count * SECTOR)

    def write(self, sector: int, data: bytes) -> None:
        self._file.seek(sector * SECTOR)
        self._file.write(data)

    def free_clusters(self) -> list[int]:
        fat = struct.unpack(f"<{self._fat_sectors * 128}I", self.read(RESERVED_SECTORS, self._fat_sectors))
        return [cluster for cluster in range(2, self.clusters + 2) if not fat[cluster] & END_OF_CHAIN]

    def chain(self, clusters: list[int]) -> None:
        """Link these clusters in both FATs."""
        for fat in range(FATS):
            at = (RESERVED_SECTORS + fat * self._fat_sectors) * SECTOR
            for cluster, following in zip(clusters, [*clusters[1:], END_OF_CHAIN], strict=True):
                self._file.seek(at + 4 * cluster)
                self._file.write(struct.pack("<I", following))

    def folder(self, name: bytes) -> int | None:
        """The first cluster of a folder in the root."""
        root = self._cluster(_ROOT)
        found = (root[at : at + 32] for at in range(0, len(root), 32) if root[at : at + 11] == name.ljust(11))
        return next((struct.unpack_from("<H", slot, 26)[0] for slot in found), None)

    def add_entries(self, cluster: int, entries: bytes) -> None:
        """Append to a folder that is one cluster long."""
        slots = self._cluster(cluster)
        end = next(at for at in range(0, len(slots), 32) if not slots[at])
        self.write(self._sector(cluster), slots[:end] + entries + slots[end + len(entries) :])

    def _cluster(self, cluster: int) -> bytes:
        return self.read(self._sector(cluster), CLUSTER_SECTORS)

    def _sector(self, cluster: int) -> int:
        return self.data_sector + (cluster - 2) * CLUSTER_SECTORS

    def forget_free_count(self) -> None:
        """The file system counts anew; the hint where to look for free clusters goes too."""
        info = self.read(1)
        self.write(1, info[:488] + b"\xff" * 8 + info[496:])


def entry(name: bytes, cluster: int, size: int, attributes: int = 0x20) -> bytes:
    """A directory entry; the name as it stands on the card."""
    return struct.pack("<11sB8xH4xHI", name.ljust(11), attributes, cluster >> 16, cluster & 0xFFFF, size)


def fill(image: Path, megabytes_left: float) -> None:
    """Files of somebody else on all but so much of the card."""
    with Fat32Image(image) as fat:
        free = fat.free_clusters()
        taken = free[: max(0, len(free) - int(megabytes_left * 1e6) // CLUSTER_BYTES)]
        for number, start in enumerate(range(0, len(taken), _FILE_CLUSTERS)):
            clusters = taken[start : start + _FILE_CLUSTERS]
            fat.chain(clusters)
            fat.add_entries(_ROOT, entry(b"HOLIDAY%dMOV" % number, clusters[0], len(clusters) * CLUSTER_BYTES))
        fat.forget_free_count()


def spoil_boot_sector(image: Path, _value: float) -> None:
    with Fat32Image(image) as fat:
        fat.write(0, Random(1).randbytes(SECTOR))


def spoil_fat(image: Path, _value: float) -> None:
    with Fat32Image(image) as fat:
        fat.write(RESERVED_SECTORS, Random(2).randbytes(_SPOILT_FAT_SECTORS * SECTOR))


def erase(image: Path, _value: float) -> None:
    """No boot sector, no backup of it, no FAT: only what lies in the clusters."""
    with Fat32Image(image) as fat:
        fat.write(0, bytes(fat.data_sector * SECTOR))


def spoil_names(image: Path, _value: float) -> None:
    """Entries that no recorder wrote, in the root and, if there is one, in the recorder's own folder."""
    garbage = b"".join(entry(name, 0, 0, attributes) for name in _NAMES for attributes in (0x20, 0x10))
    with Fat32Image(image) as fat:
        for cluster in (_ROOT, fat.folder(b"DAYLOG")):
            if cluster:
                fat.add_entries(cluster, garbage)


KINDS: dict[str, Callable[[Path, float], None]] = {
    "full": fill,
    "boot-sector": spoil_boot_sector,
    "fat": spoil_fat,
    "no-fs": erase,
    "names": spoil_names,
}
