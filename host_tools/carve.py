# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments put together from the chunks that lie on a card, when nothing of its file system can be trusted.

    with open_carved("card.img") as source:
        for file in source.segments: ...

Every chunk says which device, boot and segment it belongs to and where in the file, and has a CRC: what does not belong
together is never joined. What is not found reads as zeros, which whoever rebuilds the segment takes for damage. Also what
the recorder has removed is found, as long as nothing else was written over it.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from firmware import mcap
from host_tools.carve_scan import Head, Identity, Key, is_whole, scan
from host_tools.disk import SECTOR, Disk, Piece, PieceFile
from host_tools.errors import UsageError
from host_tools.sources import Source, StoredFile

_CLUSTERS = tuple(SECTOR << n for n in range(7, -1, -1))  # 64 KiB, as on large cards, down to one sector
_FARTHEST_JUMP = 8  # clusters of others, journal or folders, between two of a file that is being written
_MOST_TRIES = 4096  # of where a chunk goes on: a second's work
_TAIL_BYTES = 1 << 20
_PER_FOLDER = 64
Advance = Callable[[int], object]


@contextmanager
def open_carved(image: str | Path, advance: Advance = lambda amount: None) -> Iterator[Source]:
    """The segments on a card image or a card reader's device; `advance` is told how many bytes have been searched. Raises DaylogError."""
    if str(image).startswith("s3://") or Path(image).is_dir():
        raise UsageError(f"{image} is neither a card image nor a device", "--carve searches the card itself: name its image or its device")
    with Disk(image) as disk:
        heads, chunks = _sorted_finds(disk, advance)
        source = Source(str(image), "carved card", [])
        for key in sorted(chunks):
            source.segments.append(_segment(disk, key, heads.get(key), chunks[key], source.problems))
        if disk.bad_sectors:
            source.problems.append(f"{len(disk.bad_sectors)} sectors of the card cannot be read")
        yield source


def _sorted_finds(disk: Disk, advance: Advance) -> tuple[dict[Key, Head], dict[Key, list[Identity]]]:
    heads: dict[Key, Head] = {}
    chunks: dict[Key, list[Identity]] = defaultdict(list)
    for find in scan(disk, advance):
        if isinstance(find, Head):
            heads.setdefault(find.key, find)
        else:
            chunks[find.key].append(find)
    return heads, chunks


def _segment(disk: Disk, key: Key, head: Head | None, found: list[Identity], problems: list[str]) -> StoredFile:
    """One segment's file; what is lacking is added to `problems`."""
    device, boot, number = key
    name = f"segment {boot}/{number} of {device}"
    pieces = [Piece(0, head.length, head.place)] if head else []
    if head is None:
        problems.append(f"{name}: its beginning is gone, and with it what it says of its time")
    lacking = 1 + max(chunk.number for chunk in found)
    end = last = 0
    for offset in sorted({chunk.offset for chunk in found}):
        parts = next(filter(None, (_parts(disk, chunk) for chunk in found if chunk.offset == offset)), None)
        if parts and offset >= end:
            pieces += parts
            end, last = parts[-1].offset + parts[-1].length, parts[-1].place + parts[-1].length
            lacking -= 1
    if lacking:
        problems.append(f"{name}: {lacking} of {1 + max(chunk.number for chunk in found)} chunks are gone or not whole")
    tail = _tail_bytes(disk, last) if end else 0
    pieces += [Piece(end, tail, last)] if tail else []
    path = f"{device}/daylog/{boot:06d}/{number // _PER_FOLDER:03d}/{number:06d}.mcap"
    return StoredFile(path, end + tail, lambda: cast(BinaryIO, io.BufferedReader(PieceFile(disk, pieces, end + tail))))


def _parts(disk: Disk, chunk: Identity) -> list[Piece] | None:
    """Where a chunk and its padding lie: in one piece, or in two when a cluster of another file came between."""
    if is_whole(disk.read(chunk.place, chunk.length)):
        return [Piece(chunk.offset, chunk.length + chunk.padding, chunk.place)]
    for split, jump in _ways(chunk):
        first = split - chunk.offset
        rest = chunk.place + first + jump
        if is_whole(disk.read(chunk.place, first) + disk.read(rest, chunk.length - first)):
            return [Piece(chunk.offset, first, chunk.place), Piece(split, chunk.length + chunk.padding - first, rest)]
    return None


def _ways(chunk: Identity) -> Iterator[tuple[int, int]]:
    """(offset in the file, bytes between) of jumps that a file may make within a chunk: always where one of its clusters ends."""
    tries = 0
    for cluster in _CLUSTERS:
        for split in range(chunk.offset // cluster * cluster + cluster, chunk.offset + chunk.length, cluster):
            for clusters in range(1, _FARTHEST_JUMP + 1):
                yield split, clusters * cluster
                tries += 1
                if tries == _MOST_TRIES:
                    return


def _tail_bytes(disk: Disk, place: int) -> int:
    """Length of the end of a closed segment, if that follows its last chunk; 0 if it does not."""
    tail = disk.read(place, _TAIL_BYTES)
    if tail[0] != mcap.DATA_END:
        return 0
    end = tail.find(mcap.MAGIC)
    return end + len(mcap.MAGIC) if end >= 0 else 0
