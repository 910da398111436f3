# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Is a FAT32 sound? Read by nobody's code but this: not by the firmware's, nor by that which reads footage.

report = fsck(card)
report.problems         # ["the two FATs differ in 3 entries", ...]
report.lost_clusters    # in use by the FAT and by no file: harmless, and what a cut may leave
"""

import os
import re
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from host_tools.fat_layout import SECTOR, Entry, Geometry, parse_boot_sector, parse_directory

_ENDS = range(0x0FFFFFF7, 0x10000000)  # bad, or the last of a file
_MASK = 0x0FFFFFFF
_FIRST_PARTITION = 454
_NAME = re.compile(r"[A-Za-z0-9_.]+")


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)
    lost_clusters: int = 0
    garbage: list[str] = field(default_factory=list)


def fsck(card: Path) -> Report:
    with card.open("rb") as file:
        first = os.pread(file.fileno(), SECTOR, 0)
        start = struct.unpack_from("<I", first, _FIRST_PARTITION)[0] * SECTOR
        geometry = parse_boot_sector(first, 0) or parse_boot_sector(os.pread(file.fileno(), SECTOR, start), start)
        return _Check(file.fileno(), geometry).run() if geometry else Report(["it has no boot sector"])


class _Check:
    def __init__(self, device: int, geometry: Geometry) -> None:
        self._device, self._geometry = device, geometry
        self._report = Report()
        self._owner: dict[int, str] = {}  # by cluster
        fats = [os.pread(device, geometry.fat_bytes, offset) for offset in geometry.fat_offsets]
        self._fat = array("I", fats[0] if len(set(fats)) == 1 else self._whole_sectors(fats))

    def _whole_sectors(self, fats: list[bytes]) -> bytes:
        """Where the FATs differ, the first copy of a sector that makes sense: the recorder mends a sector when it next reads it."""
        found = bytearray(fats[0])
        for at in range(0, len(found), SECTOR):
            copies = [fat[at : at + SECTOR] for fat in fats]
            whole = [copy for copy in copies if copies.count(copy) == len(fats) or self._makes_sense(copy, at)]
            if not whole:
                self._report.problems.append(f"sector {at // SECTOR} of the FAT is spoilt in every copy")
            found[at : at + SECTOR] = (whole or copies)[0]
        return bytes(found)

    def _makes_sense(self, sector: bytes, at: int) -> bool:
        entries = array("I", sector)[2 if at == 0 else 0 :]
        return all(entry == 0 or entry in _ENDS or self._geometry.holds(entry) for entry in entries)

    def run(self) -> Report:
        folders = [Entry("", 0, True, self._geometry.root_cluster)]
        while folders:
            folder = folders.pop()
            for entry in self._entries(folder):
                if entry.is_dir:
                    folders.append(entry)
                else:
                    self._check_file(entry)
        used = sum(1 for value in self._fat[2 : self._geometry.cluster_count + 2] if value & _MASK)
        self._report.lost_clusters = used - len(self._owner)
        return self._report

    def _entries(self, folder: Entry) -> Iterator[Entry]:
        entries, unreadable = parse_directory(self._content(self._chain(folder)))
        self._report.garbage += [folder.name] * unreadable
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                yield Entry(f"{folder.name}/{entry.name}", entry.size, entry.is_dir, entry.cluster)
            else:
                self._report.garbage.append(f"{folder.name}/{entry.name}")

    def _check_file(self, entry: Entry) -> None:
        held, needed = len(self._chain(entry)), self._geometry.clusters_for(entry.size)
        if held < needed:
            self._report.problems.append(f"{entry.name} has {held} clusters and needs {needed}")

    def _chain(self, entry: Entry) -> list[int]:
        """The clusters of a file or folder, which from now on are its own."""
        clusters = []
        for cluster in self._follow(entry.cluster):
            if cluster in self._owner:
                self._report.problems.append(f"{entry.name} and {self._owner[cluster]} share cluster {cluster}")
                break
            self._owner[cluster] = entry.name
            clusters.append(cluster)
        return clusters

    def _follow(self, cluster: int) -> Iterator[int]:
        while self._geometry.holds(cluster):
            yield cluster
            cluster = self._fat[cluster] & _MASK

    def _content(self, clusters: list[int]) -> bytes:
        size = self._geometry.cluster_bytes
        return b"".join(os.pread(self._device, size, self._geometry.cluster_offset(cluster)) for cluster in clusters)
