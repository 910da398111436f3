# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Read-only FAT from an image file or a card reader's device, with or without a partition table.

    with FatVolume("card.img") as card:
        for path, entry in card.walk():
            data = card.open(path).read()

A damaged first FAT is no reason to lose a file: each chain is followed in every copy, the best one counts,
and `card.problems` says where they differed. Nothing is ever written.
"""

import io
import os
import struct
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from firmware.fat_repair import USUAL_STARTS
from host_tools.errors import DaylogError
from host_tools.fat_layout import SECTOR, SIGNATURE, Entry, Geometry, Table, parse_boot_sector, parse_directory
from host_tools.scattered_file import ScatteredFile

_BACKUP_BOOT_SECTOR = 6
_FAT_PARTITION_TYPES = (0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E)
_READ_AHEAD_BYTES = 1 << 16


class FatError(DaylogError):
    """The image is not a FAT file system, or a path is not on it."""


class ChainFile(ScatteredFile):
    """The bytes of a cluster chain as a seekable file."""

    def __init__(self, device: int, geometry: Geometry, clusters: list[int], size: int | None = None) -> None:
        held = len(clusters) * geometry.cluster_bytes
        super().__init__(held if size is None else min(size, held))
        self._device = device
        self._geometry = geometry
        self._clusters = clusters

    def bytes_at(self, offset: int, wanted: int) -> bytes:
        index, inside = divmod(offset, self._geometry.cluster_bytes)
        count = min(wanted, self._run_bytes(index, inside + wanted) - inside)
        return os.pread(self._device, count, self._geometry.cluster_offset(self._clusters[index]) + inside)

    def _run_bytes(self, first: int, wanted: int) -> int:
        """How many bytes lie in one piece from cluster number `first` of the chain on; stops at `wanted`."""
        cluster_bytes, last = self._geometry.cluster_bytes, first
        while (last - first + 1) * cluster_bytes < wanted and self._clusters[last + 1] == self._clusters[last] + 1:
            last += 1
        return (last - first + 1) * cluster_bytes


class FatVolume:
    """The FAT file system on one image or device."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.problems: list[str] = []
        self._listings: dict[int, list[Entry]] = {}
        self._device = os.open(self.path, os.O_RDONLY)
        try:
            self.geometry = self._find_geometry()
        except BaseException:
            self.close()
            raise
        self._check_length()

    def __enter__(self) -> "FatVolume":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._device)

    def listdir(self, path: str = "/") -> list[Entry]:
        """What a folder holds."""
        folder = self.stat(path)
        if not folder.is_dir:
            raise FatError(f"{path} is a file, not a folder")
        return self._listing(folder, path)

    def stat(self, path: str) -> Entry:
        """Find a path; names are compared without case, as FAT does."""
        entry, walked = Entry("/", 0, True, self.geometry.root_cluster), "/"
        for name in filter(None, path.split("/")):
            listing = self._listing(entry, walked) if entry.is_dir else []
            found = next((e for e in listing if e.name.casefold() == name.casefold()), None)
            if found is None:
                raise FatError(f"{path} is not on the card {self.path}")
            entry, walked = found, f"{walked}{name}/"
        return entry

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading; one with a broken chain is as long as what is left of it."""
        entry = self.stat(path)
        if entry.is_dir:
            raise FatError(f"{path} is a folder, not a file")
        needed = self.geometry.clusters_for(entry.size)
        clusters = self._chain(path, lambda table: table.file_chain(entry.cluster, needed))
        return io.BufferedReader(ChainFile(self._device, self.geometry, clusters, entry.size), _READ_AHEAD_BYTES)

    def walk(self) -> Iterator[tuple[str, Entry]]:
        """Every file with its path."""
        folders, seen = [("", self.stat("/"))], set()
        while folders:
            path, folder = folders.pop()
            seen.add(folder.cluster)
            for entry in self._listing(folder, path or "/"):
                if not entry.is_dir:
                    yield f"{path}/{entry.name}", entry
                elif entry.cluster not in seen:  # a damaged folder may point back at its parent
                    folders.append((f"{path}/{entry.name}", entry))

    def runs_from(self, place: int, length: int) -> Iterator[list[tuple[int, int]]]:
        """(place, length) of the runs of a file from `place` of the disk on, for `length` bytes or to its end, by each copy of the FAT."""
        geometry = self.geometry
        first, inside = divmod(place - geometry.data_offset, geometry.cluster_bytes)
        for table in self._tables:
            _, clusters = table.file_chain(first + 2, geometry.clusters_for(inside + length))
            yield self._runs(clusters, inside, length)

    def _runs(self, clusters: list[int], inside: int, length: int) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        for cluster in clusters:
            place, size = self.geometry.cluster_offset(cluster) + inside, min(length, self.geometry.cluster_bytes - inside)
            if runs and sum(runs[-1]) == place:
                place, size = runs[-1][0], runs.pop()[1] + size
            runs.append((place, size))
            length, inside = length - min(length, self.geometry.cluster_bytes - inside), 0
        return runs

    def is_free(self, place: int) -> bool | None:
        """Whether no file has what lies at `place` of the disk; None if neither copy of the FAT can tell."""
        cluster = (place - self.geometry.data_offset) // self.geometry.cluster_bytes + 2
        tables = [table for table in self._tables if table.makes_sense()]
        return all(not table.next(cluster) for table in tables) if tables and self.geometry.holds(cluster) else None

    def _find_geometry(self) -> Geometry:
        """From the boot sector of the image, else of its first FAT partition, else from FAT32's backup of it.

        A partition is looked for where its table says, and where it usually is.
        """
        for boot_sector in (0, _BACKUP_BOOT_SECTOR):
            for start in (0, *self._partition_starts(), *(sector * SECTOR for sector in USUAL_STARTS)):
                geometry = parse_boot_sector(os.pread(self._device, SECTOR, start + boot_sector * SECTOR), start)
                if geometry and boot_sector:
                    self.problems.append("the boot sector is damaged, its backup was used")
                if geometry:
                    return geometry
        raise FatError(f"{self.path} is not a FAT card image", "give a card image, a mounted card, a folder or an .mcap file")

    def _partition_starts(self) -> list[int]:
        sector = os.pread(self._device, SECTOR, 0)
        if sector[510:512] != SIGNATURE:
            return []
        rows = [struct.unpack_from("<4xB3xI", sector, 446 + 16 * n) for n in range(4)]
        return [first * SECTOR for kind, first in rows if kind in _FAT_PARTITION_TYPES]

    def _check_length(self) -> None:
        length = os.lseek(self._device, 0, os.SEEK_END)
        if length < self.geometry.end_offset:
            self.problems.append(f"the image is cut short: {length} of {self.geometry.end_offset} bytes")

    @cached_property
    def _tables(self) -> list[Table]:
        geometry = self.geometry
        return [Table(os.pread(self._device, geometry.fat_bytes, offset), geometry) for offset in geometry.fat_offsets]

    def _chain(self, path: str, follow: Callable[[Table], tuple[bool, list[int]]]) -> list[int]:
        """The best chain that a copy of the FAT has: an intact one before a broken one, then the longest."""
        found = [follow(table) for table in self._tables]
        best = max(range(len(found)), key=lambda n: (found[n][0], len(found[n][1]), -n))
        intact, clusters = found[best]
        if not intact:
            self._note(f"{path}: its cluster chain breaks off in every copy of the FAT")
        elif best:
            self._note(f"{path}: the first FAT is damaged, copy {best + 1} was used")
        return clusters

    def _listing(self, folder: Entry, path: str) -> list[Entry]:
        if folder.cluster not in self._listings:
            entries, unreadable = parse_directory(self._directory_bytes(folder, path))
            if unreadable:
                self._note(f"{path}: {unreadable} directory entries are unreadable")
            self._listings[folder.cluster] = entries
        return self._listings[folder.cluster]

    def _directory_bytes(self, folder: Entry, path: str) -> bytes:
        geometry = self.geometry
        if folder.cluster == 0:  # the root of FAT12 and FAT16 has its own place
            return os.pread(self._device, geometry.root_bytes, geometry.root_offset)
        clusters = self._chain(path, lambda table: table.directory_chain(folder.cluster))
        return ChainFile(self._device, geometry, clusters).readall() or b""

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
