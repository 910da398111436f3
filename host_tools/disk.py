# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The bytes of a card image or a card reader's device, whatever is wrong with them; and files put together from them.

    with Disk("card.img") as disk:
        for start, end in disk.data_ranges(): ...
        file = PieceFile(disk, [Piece(0, 2048, place)], 2048)

What cannot be read, or lies beyond the end, reads as zeros. Nothing is ever written.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from host_tools.errors import DaylogError
from host_tools.scattered_file import ScatteredFile

SECTOR = 512


class DiskError(DaylogError):
    """It cannot be opened."""


class Disk:
    """`bad_sectors` are those that answered with an error."""

    def __init__(self, path: str | Path) -> None:
        try:
            self._device = os.open(path, os.O_RDONLY)
            self.size = os.lseek(self._device, 0, os.SEEK_END)
        except OSError as error:
            raise DiskError(f"cannot open {path}: {error.strerror}", "give a card image or a card reader's device") from error
        self.bad_sectors: set[int] = set()

    def __enter__(self) -> "Disk":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._device)

    def read(self, place: int, length: int) -> bytes:
        """Exactly `length` bytes."""
        try:
            data = os.pread(self._device, length, place)
        except OSError:
            data = b"".join(self._sector(at, min(SECTOR, place + length - at)) for at in range(place, place + length, SECTOR))
        return data.ljust(length, b"\0")

    def _sector(self, place: int, length: int) -> bytes:
        try:
            return os.pread(self._device, length, place)
        except OSError:
            self.bad_sectors.add(place // SECTOR)
            return bytes(length)

    def data_ranges(self) -> Iterator[tuple[int, int]]:
        """Where there is something: the holes of a sparse image are passed over. Ranges begin on a sector boundary."""
        at = 0
        while at < self.size:
            try:
                start = os.lseek(self._device, at, os.SEEK_DATA)
                at = os.lseek(self._device, start, os.SEEK_HOLE)
            except OSError:  # no more data; or a device, which knows of no holes
                start, at = (self.size, self.size) if at else (0, self.size)
            if start < at:
                yield start // SECTOR * SECTOR, at


def size_of(path: str | Path) -> int | None:
    """Bytes of an image or a device; None where that cannot be known."""
    try:
        with open(path, "rb") as file:
            return file.seek(0, os.SEEK_END)
    except OSError:
        return None


class Piece(NamedTuple):
    """`length` bytes at `offset` of a file lie at `place` of the disk."""

    offset: int
    length: int
    place: int


class PieceFile(ScatteredFile):
    """The pieces of a file, ascending and without overlap, as a seekable file of `size` bytes; what lies between them is zeros."""

    def __init__(self, disk: Disk, pieces: list[Piece], size: int) -> None:
        super().__init__(size)
        self._disk, self._pieces = disk, pieces
        self._offsets = [piece.offset for piece in pieces]

    def bytes_at(self, offset: int, wanted: int) -> bytes:
        """At most to where the next piece begins."""
        index = bisect_right(self._offsets, offset)
        if index and (piece := self._pieces[index - 1]).offset + piece.length > offset:
            return self._disk.read(piece.place + offset - piece.offset, min(wanted, piece.offset + piece.length - offset))
        after = self._offsets[index] if index < len(self._offsets) else self._size
        return bytes(min(wanted, after - offset))
