# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The structures of FAT12, FAT16 and FAT32 on disk: boot sector, allocation table, directory entries."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SECTOR = 512
SIGNATURE = b"\x55\xaa"
_ENTRY_BYTES = 32
_SPARE_FAT_BYTES = 4 << 20  # more than twice what is needed, and this for the sake of alignment, makes no sense
_MAX_DIRECTORY_BYTES = 65536 * _ENTRY_BYTES
_END, _DELETED, _STANDS_FOR_E5 = 0x00, 0xE5, 0x05
_VOLUME, _DIRECTORY, _LONG_NAME, _RESERVED_ATTRIBUTES = 0x08, 0x10, 0x0F, 0xC0
_LOWER_BASE, _LOWER_EXTENSION = 0x08, 0x10
_LAST_PIECE = 0x40


@dataclass(frozen=True)
class Geometry:
    """Where things are, in bytes from the start of the image."""

    bits: int
    cluster_bytes: int
    cluster_count: int
    fat_offsets: tuple[int, ...]
    fat_bytes: int
    root_offset: int
    root_bytes: int  # 0 on FAT32, whose root is a chain
    root_cluster: int  # 0 on FAT12 and FAT16
    data_offset: int
    end_offset: int

    def cluster_offset(self, cluster: int) -> int:
        return self.data_offset + (cluster - 2) * self.cluster_bytes

    def holds(self, cluster: int) -> bool:
        return 2 <= cluster < self.cluster_count + 2

    def clusters_for(self, size: int) -> int:
        return -(-size // self.cluster_bytes)


def parse_boot_sector(sector: bytes, start: int) -> Geometry | None:
    """Read the boot sector of a file system that begins at byte `start`; None if this is not one."""
    if len(sector) < SECTOR or sector[510:512] != SIGNATURE:
        return None
    sector_bytes, per_cluster, reserved, fats, root_entries, total_16, fat_16 = struct.unpack_from("<HBHBHHxH", sector, 11)
    total_32, fat_32, root_cluster = struct.unpack_from("<II4xI", sector, 32)
    fat_sectors = fat_16 or fat_32
    power_of_two = per_cluster and not per_cluster & (per_cluster - 1)
    if sector_bytes not in (512, 1024, 2048, 4096) or not (power_of_two and reserved and fats and fat_sectors):
        return None
    root_sector = reserved + fats * fat_sectors
    data_sector = root_sector - (-root_entries * _ENTRY_BYTES // sector_bytes)
    clusters = ((total_16 or total_32) - data_sector) // per_cluster
    if clusters <= 0:
        return None
    bits = 12 if clusters < 4085 else 16 if clusters < 65525 else 32
    if fat_sectors * sector_bytes > clusters * bits // 4 + _SPARE_FAT_BYTES:
        return None
    return Geometry(
        bits=bits,
        cluster_bytes=per_cluster * sector_bytes,
        cluster_count=clusters,
        fat_offsets=tuple(start + (reserved + n * fat_sectors) * sector_bytes for n in range(fats)),
        fat_bytes=fat_sectors * sector_bytes,
        root_offset=start + root_sector * sector_bytes,
        root_bytes=root_entries * _ENTRY_BYTES,
        root_cluster=root_cluster if bits == 32 else 0,
        data_offset=start + data_sector * sector_bytes,
        end_offset=start + (data_sector + clusters * per_cluster) * sector_bytes,
    )


class Table:
    """One copy of the file allocation table."""

    def __init__(self, data: bytes, geometry: Geometry) -> None:
        self._data = data.ljust(geometry.fat_bytes + 4, b"\0")  # what an image cut short lacks reads as free
        self._geometry = geometry
        self._end_mark = {12: 0xFF8, 16: 0xFFF8, 32: 0x0FFFFFF8}[geometry.bits]
        self.next = {12: self._next_12, 16: self._next_16, 32: self._next_32}[geometry.bits]

    def makes_sense(self) -> bool:
        """Whether its first two entries are the marks that they always are."""
        return min(self.next(0), self.next(1)) >= self._end_mark

    def _next_12(self, cluster: int) -> int:
        pair = struct.unpack_from("<H", self._data, cluster * 3 // 2)[0]
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    def _next_16(self, cluster: int) -> int:
        return struct.unpack_from("<H", self._data, cluster * 2)[0]

    def _next_32(self, cluster: int) -> int:
        return struct.unpack_from("<I", self._data, cluster * 4)[0] & 0x0FFFFFFF

    def file_chain(self, first: int, needed: int) -> tuple[bool, list[int]]:
        """The first `needed` clusters of a file, and whether they were all there."""
        clusters, _ = self._follow(first, needed)
        return len(clusters) == needed, clusters

    def directory_chain(self, first: int) -> tuple[bool, list[int]]:
        """The clusters of a folder, which has no size, and whether they end with an end mark."""
        clusters, after = self._follow(first, self._geometry.clusters_for(_MAX_DIRECTORY_BYTES))
        return after >= self._end_mark, clusters

    def _follow(self, cluster: int, limit: int) -> tuple[list[int], int]:
        clusters: list[int] = []
        while len(clusters) < limit and self._geometry.holds(cluster):
            clusters.append(cluster)
            cluster = self.next(cluster)
        return clusters, cluster


@dataclass(frozen=True)
class Entry:
    """One file or folder."""

    name: str
    size: int
    is_dir: bool
    cluster: int


def parse_directory(data: bytes) -> tuple[list[Entry], int]:
    """The entries of a folder, and how many of its slots make no sense."""
    found: list[Entry] = []
    unreadable = 0
    pieces: list[bytes] = []
    for slot in _slots(data):
        if slot[11] & _RESERVED_ATTRIBUTES:
            unreadable += 1
        elif slot[11] == _LONG_NAME:
            pieces = [slot] if slot[0] & _LAST_PIECE else [*pieces, slot]
            continue
        elif not slot[11] & _VOLUME and not slot.startswith(b"."):
            found.append(_entry(slot, _long_name(pieces, slot) or _short_name(slot)))
        pieces = []
    return found, unreadable


def _slots(data: bytes) -> Iterator[bytes]:
    for offset in range(0, len(data), _ENTRY_BYTES):
        slot = data[offset : offset + _ENTRY_BYTES]
        if len(slot) < _ENTRY_BYTES or slot[0] == _END:
            return
        if slot[0] != _DELETED:
            yield slot


def _entry(slot: bytes, name: str) -> Entry:
    high, low, size = struct.unpack_from("<H4xHI", slot, 20)
    return Entry(name, size, bool(slot[11] & _DIRECTORY), high << 16 | low)


def _short_name(slot: bytes) -> str:
    raw = bytes([_DELETED if slot[0] == _STANDS_FOR_E5 else slot[0]]) + slot[1:11]
    base, extension = (part.decode("cp437").rstrip(" ") for part in (raw[:8], raw[8:]))
    base = base.lower() if slot[12] & _LOWER_BASE else base
    extension = extension.lower() if slot[12] & _LOWER_EXTENSION else extension
    return f"{base}.{extension}" if extension else base


def _long_name(pieces: list[bytes], slot: bytes) -> str:
    """The name spelt by the long-name slots before an entry; empty if they belong to another."""
    checksum = 0
    for byte in slot[:11]:
        checksum = ((checksum >> 1) + (checksum << 7) + byte) & 0xFF
    expected = [(n, checksum) for n in range(len(pieces), 0, -1)]
    if [(piece[0] & ~_LAST_PIECE, piece[13]) for piece in pieces] != expected:
        return ""
    units = b"".join(p[1:11] + p[14:26] + p[28:32] for p in reversed(pieces))
    return units.decode("utf-16-le", "replace").split("\0")[0]
