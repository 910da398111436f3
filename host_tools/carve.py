# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments put together from the chunks that lie on a card, when nothing of its file system can be trusted.

    with open_carved("card.img") as carved:
        for file in carved.sources[0].segments: ...

Every chunk says which device, boot and segment it belongs to and where in the file, and has a CRC: what does not belong
together is never joined. What is not found reads as zeros, which whoever rebuilds the segment takes for damage. Also what
the recorder has removed is found, as long as nothing else was written over it.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from firmware import mcap
from firmware.chunk import RECORDS
from host_tools.carve_join import Joiner, Runs
from host_tools.carve_scan import Head, Identity, Key, Note, end_length, is_whole, scan
from host_tools.disk import SECTOR, Disk, Piece, PieceFile
from host_tools.errors import UsageError
from host_tools.fat import FatError, FatVolume
from host_tools.sources import Source, StoredFile

_END_BYTES = 64 << 10
_FARTHEST = 64 << 20  # where a file may go on: a segment further
_FAR = 256 << 10
_PER_FOLDER = 64
Advance = Callable[[int], object]


@dataclass(frozen=True)
class Census:
    """What was found of one segment. `was_deleted`: no file has it any more, None if nobody can tell."""

    device: str
    boot: int
    segment: int
    chunks: int
    missing: int
    damaged: int
    copies: int
    has_head: bool
    has_end: bool
    was_deleted: bool | None


@dataclass
class Carved:
    """The first source has the segments; the others have what says to be of the same segments and is not in the first."""

    sources: list[Source] = field(default_factory=list)
    segments: list[Census] = field(default_factory=list)


class Chunk(NamedTuple):
    """A whole chunk, and where it lies."""

    identity: Identity
    runs: Runs

    @property
    def end_place(self) -> int:
        return sum(self.runs[-1]) + self.identity.padding


@contextmanager
def open_carved(image: str | Path, advance: Advance = lambda amount: None) -> Iterator[Carved]:
    """The segments on a card image or a card reader's device; `advance` is told how many bytes have been searched. Raises DaylogError."""
    if str(image).startswith("s3://") or Path(image).is_dir():
        raise UsageError(f"{image} is neither a card image nor a device", "--carve searches the card itself: name its image or its device")
    with ExitStack() as cleanup:
        disk = cleanup.enter_context(Disk(image))
        try:
            volume = cleanup.enter_context(FatVolume(image))
        except FatError:
            volume = None
        yield _Carver(str(image), disk, volume, advance).carved


class _Carver:
    def __init__(self, image: str, disk: Disk, volume: FatVolume | None, advance: Advance) -> None:
        self._image, self._disk, self._volume = image, disk, volume
        self._heads: dict[Key, list[Head]] = defaultdict(list)
        self._found: dict[Key, list[Identity]] = defaultdict(list)
        self._notes: list[Note] = []
        self.carved = Carved()
        self._search(advance)
        self._joiner = Joiner(disk, volume, (i.place - i.offset for found in self._found.values() for i in found))
        first = self._source(0)
        for key in sorted(self._found):
            self._segment(key, self._found[key])
        if disk.bad_sectors:
            first.problems.append(f"{len(disk.bad_sectors)} sectors of the card cannot be read")

    def _search(self, advance: Advance) -> None:
        for find in scan(self._disk, advance):
            if isinstance(find, Head):
                self._heads[find.key].append(find)
            elif isinstance(find, Note):
                self._notes.append(find)
            else:
                self._found[find.key].append(find)

    def _source(self, number: int) -> Source:
        sources = self.carved.sources
        while len(sources) <= number:
            sources.append(Source(self._image, "carved card", [], [self._journal()]))
        return sources[number]

    def _journal(self) -> StoredFile:
        """All its records that are left, in the order of the disk."""
        pieces = [Piece(SECTOR * n, SECTOR, note.place) for n, note in enumerate(self._notes)]
        return self._file("daylog/journal/000000.jnl", pieces, SECTOR * len(pieces))

    def _file(self, path: str, pieces: list[Piece], size: int) -> StoredFile:
        return StoredFile(path, size, lambda: cast(BinaryIO, io.BufferedReader(PieceFile(self._disk, pieces, size))))

    # -- one segment -------------------------------------------------------------------------

    def _segment(self, key: Key, found: list[Identity]) -> None:
        chunks, damaged = self._whole_chunks(found)
        originals = list({self._disk.read(chunk.identity.place, RECORDS): chunk for chunk in reversed(chunks)}.values())
        versions = _versions(sorted(originals, key=lambda c: (c.identity.number, c.identity.place)))
        for number, version in enumerate(versions or [[]]):
            last = version[-1].identity.number if number else max(identity.number for identity in found)
            self._add(key, number, version, 1 + last - len(version), damaged, len(chunks) - len(originals))

    def _whole_chunks(self, found: list[Identity]) -> tuple[list[Chunk], int]:
        """Those that are whole, and how many there are only traces of."""
        shifts = {(identity.number, identity.offset): identity.place - identity.offset for identity in found}
        chunks = [chunk for identity in found if (chunk := self._chunk(identity, shifts))]
        whole = {(chunk.identity.number, chunk.identity.offset) for chunk in chunks}
        return chunks, len(shifts.keys() - whole)

    def _chunk(self, identity: Identity, shifts: dict[tuple[int, int], int]) -> Chunk | None:
        runs = self._joiner.join(identity.place, identity.length, is_whole, self._jumps(identity, shifts))
        return Chunk(identity, runs) if runs else None

    def _jumps(self, identity: Identity, shifts: dict[tuple[int, int], int]) -> Iterable[int]:
        """As far as to where the next chunk shows that the file went; else to wherever padding like that of this chunk is."""
        shift = identity.place - identity.offset
        jump = shifts.get((identity.number + 1, identity.end), shift) - shift
        if jump or (identity.number + 1, identity.end) in shifts:
            return [jump] if jump else []
        mark = mcap.padding(identity.offset + identity.length)[: -identity.length % SECTOR]
        return self._joiner.jumps(_FARTHEST if mark else _FAR, identity.place + identity.length, mark)

    def _add(self, key: Key, version_number: int, chunks: list[Chunk], missing: int, damaged: int, copies: int) -> None:
        device, boot, number = key
        head = self._head(key, chunks)
        pieces = ([Piece(0, head.length, head.place)] if head else []) + list(_pieces(self._disk, chunks))
        end_pieces = self._end(chunks)
        pieces += end_pieces
        size = pieces[-1].offset + pieces[-1].length if pieces else 0
        size += SECTOR if missing and not end_pieces else 0  # what is lacking at the end is damage, too
        source = self._source(version_number)
        source.segments.append(self._file(f"{device}/daylog/{boot:06d}/{number // _PER_FOLDER:03d}/{number:06d}.mcap", pieces, size))
        was_deleted = self._volume.is_free(chunks[0].identity.place) if self._volume and chunks else None
        census = Census(*key, len(chunks), missing, damaged, copies, head is not None, bool(end_pieces), was_deleted)
        self.carved.segments.append(census)
        source.problems.extend(_problems(census))

    def _head(self, key: Key, chunks: list[Chunk]) -> Head | None:
        """The one right before the first chunk, if there are several."""
        heads = self._heads.get(key, [])
        wanted = chunks[0].identity.place - chunks[0].identity.offset if chunks else 0
        return min(heads, key=lambda head: abs(head.place - wanted), default=None)

    def _end(self, chunks: list[Chunk]) -> list[Piece]:
        """Where the end of the segment lies, if it was closed."""
        if not chunks:
            return []
        offset, place = chunks[-1].identity.end, chunks[-1].end_place - SECTOR  # a sector that surely belongs to the file
        jumps = self._joiner.jumps(_FAR, place, b"")
        runs = self._joiner.join(place, SECTOR + _END_BYTES, lambda data: end_length(data[SECTOR:], offset), jumps)
        length = end_length(self._joiner.read(runs)[SECTOR:], offset) if runs else 0
        return list(_in_file(offset - SECTOR, runs, SECTOR + length)) if runs else []


def _versions(chunks: list[Chunk]) -> list[list[Chunk]]:
    """Chunks that follow each other in one file. Boot numbers are unique, so that there is one; but what claims the same place
    as another is not thrown away."""
    versions: list[list[Chunk]] = []
    for chunk in chunks:
        fits = [version for version in versions if _follows(version[-1], chunk)]
        if fits:
            min(fits, key=lambda version: chunk.identity.offset - version[-1].identity.end).append(chunk)
        else:
            versions.append([chunk])
    return sorted(versions, key=len, reverse=True)


def _follows(before: Chunk, after: Chunk) -> bool:
    return before.identity.number < after.identity.number and before.identity.end <= after.identity.offset


def _pieces(disk: Disk, chunks: list[Chunk]) -> Iterator[Piece]:
    """The chunks with their padding, and between two of them the tail that a recovery has wrapped."""
    for chunk, after in zip(chunks, [*chunks, None][1:], strict=True):
        identity = chunk.identity
        yield from _in_file(identity.offset, [*chunk.runs[:-1], (chunk.runs[-1][0], chunk.runs[-1][1] + identity.padding)])
        gap = after.identity.offset - identity.end if after else 0
        if gap > mcap.PREFIX_BYTES and disk.read(chunk.end_place, 9) == mcap.record(mcap.TORN, bytes(gap - 9))[:9]:
            yield Piece(identity.end, gap, chunk.end_place)


def _in_file(offset: int, runs: Runs, most: int = 1 << 62) -> Iterator[Piece]:
    """Runs one behind the other, in all at most so many bytes."""
    for place, length in runs:
        if most > 0:
            yield Piece(offset, min(length, most), place)
        offset, most = offset + length, most - length


def _problems(census: Census) -> Iterator[str]:
    name = f"segment {census.boot}/{census.segment} of {census.device}"
    if not census.has_head:
        yield f"{name}: its beginning is gone, and with it what it says of its time"
    if census.missing:
        yield f"{name}: {census.missing} of {census.chunks + census.missing} chunks are gone or not whole"
