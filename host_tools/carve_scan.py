# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What of a recorder's lies on a disk, found sector by sector, without a file system.

    for find in scan(disk, advance): ...      # Identity, Head or Note, in the order of the disk

All of it begins on a sector boundary and says by a magic and a CRC, or by its structure, what it is.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Metadata

from firmware import journal, mcap
from firmware.chunk import CHUNK_BYTES, CHUNK_FORMAT, IDENTITY_BYTES, IDENTITY_FORMAT, IDENTITY_MAGIC
from host_tools.disk import SECTOR, Disk

SEGMENT_METADATA = "daylog.segment"
_BLOCK_BYTES = 4 << 20
_HEAD_BYTES = 64 << 10
_RECORD = struct.Struct("<BQ")
_UNREADABLE = (McapError, ValueError, KeyError, struct.error, EOFError, IndexError, OverflowError)

Key = tuple[str, int, int]  # device, boot, segment


class Identity(NamedTuple):
    """An identity record: which chunk follows it, and where in which file."""

    key: Key
    number: int
    offset: int
    following: int
    place: int

    @property
    def length(self) -> int:
        """Up to where the padding begins."""
        return IDENTITY_BYTES + self.following

    @property
    def padding(self) -> int:
        return mcap.padding_bytes(self.offset + self.length)

    @property
    def end(self) -> int:
        """Where in the file the next chunk begins."""
        return self.offset + self.length + self.padding


class Head(NamedTuple):
    """The beginning of a segment, up to where its first chunk begins."""

    key: Key
    length: int
    place: int


class Note(NamedTuple):
    """A record of a journal."""

    place: int


def scan(disk: Disk, advance: Callable[[int], object] = lambda amount: None) -> Iterator[Identity | Head | Note]:
    """Everything that can be recognised; `advance` is told how many bytes are done."""
    done = 0
    for start, end in disk.data_ranges():
        for place in range(start, end, _BLOCK_BYTES):
            block = disk.read(place, min(_BLOCK_BYTES, end - place))
            for offset in _sectors_of_ours(block):
                if find := _READERS[block[offset]](disk, block, offset, place + offset):
                    yield find
            advance(place + len(block) - done)
            done = place + len(block)
    advance(disk.size - done)


def _sectors_of_ours(block: bytes) -> list[int]:
    """Offsets of the sectors that begin as one of ours may."""
    firsts = block[::SECTOR]
    found: list[int] = []
    for first in _READERS:
        at = firsts.find(first)
        while at >= 0:
            found.append(at * SECTOR)
            at = firsts.find(first, at + 1)
    return sorted(found)


def _identity(_: Disk, block: bytes, offset: int, place: int) -> Identity | None:
    return parse_identity(block[offset : offset + IDENTITY_BYTES], place)


def parse_identity(data: bytes, place: int) -> Identity | None:
    """The identity record that these bytes are; None if its magic or its CRC is wrong."""
    if len(data) < IDENTITY_BYTES or not data.startswith(IDENTITY_MAGIC, 9):
        return None
    if data[0] != mcap.IDENTITY or zlib.crc32(data[9:-4]) != struct.unpack("<I", data[-4:])[0]:
        return None
    _, _, _, device, boot, segment, number, at, following = struct.unpack(IDENTITY_FORMAT, data[9:-4])
    return Identity((device.rstrip(b"\0").decode("ascii", "replace"), boot, segment), number, at, following, place)


def _head(disk: Disk, block: bytes, offset: int, place: int) -> Head | None:
    if not block.startswith(mcap.MAGIC, offset):
        return None
    return parse_head(disk.read(place, _HEAD_BYTES), place)


def parse_head(data: bytes, place: int = 0) -> Head | None:
    """The head that these bytes begin with."""
    at, key = len(mcap.MAGIC), None
    while at + _RECORD.size <= len(data):
        opcode, length = _RECORD.unpack_from(data, at)
        body, at = at + _RECORD.size, at + _RECORD.size + length
        if opcode == Opcode.METADATA:
            key = _key_of(data[body:at])
        elif opcode not in (Opcode.HEADER, Opcode.SCHEMA, Opcode.CHANNEL, mcap.PADDING):
            return None
        if key and at % SECTOR == 0 and opcode in (Opcode.CHANNEL, mcap.PADDING):
            return Head(key, at, place)
    return None


def _key_of(content: bytes) -> Key | None:
    try:
        record = Metadata.read(ReadDataStream(io.BytesIO(content)))
        return record.metadata["device"], int(record.metadata["boot"]), int(record.metadata["segment"])
    except _UNREADABLE:
        return None


def _note(_: Disk, block: bytes, offset: int, place: int) -> Note | None:
    return Note(place) if journal.decode(block[offset : offset + SECTOR]) else None


_READERS = {mcap.IDENTITY: _identity, mcap.MAGIC[0]: _head, ord("D"): _note}


def is_whole(data: bytes) -> bool:
    """Whether what an identity announces is there: a chunk with a good CRC, then its message indexes."""
    if len(data) < IDENTITY_BYTES + CHUNK_BYTES:
        return False
    opcode, length, _, _, _, crc, _, records = struct.unpack_from(CHUNK_FORMAT, data, IDENTITY_BYTES)
    start = IDENTITY_BYTES + CHUNK_BYTES
    if opcode != mcap.CHUNK or length != CHUNK_BYTES - 9 + records or start + records > len(data):
        return False
    return zlib.crc32(memoryview(data)[start : start + records]) == crc and _are_indexes(data, start + records)


def _are_indexes(data: bytes, at: int) -> bool:
    while at + _RECORD.size <= len(data):
        opcode, length = _RECORD.unpack_from(data, at)
        if opcode != mcap.MESSAGE_INDEX:
            return False
        at += _RECORD.size + length
    return at == len(data)


def end_length(data: bytes, offset: int) -> int:
    """Length of the end of a closed segment that begins at `offset` of its file and at the beginning of `data`; 0 if it does not."""
    at = _RECORD.size + 4
    if len(data) < at or _RECORD.unpack_from(data) != (mcap.DATA_END, 4):
        return 0
    while at + mcap.FOOTER_BYTES <= len(data):
        opcode, length = _RECORD.unpack_from(data, at)
        if opcode == mcap.FOOTER:
            return at + mcap.FOOTER_BYTES if _is_footer(data, at, offset + _RECORD.size + 4) else 0
        at += _RECORD.size + length
    return 0


def _is_footer(data: bytes, at: int, summary_start: int) -> bool:
    """Whether it belongs to the summary before it, in a file where that begins at `summary_start`."""
    start, _, crc = struct.unpack_from("<QQI", data, at + _RECORD.size)
    return start == summary_start and zlib.crc32(data[_RECORD.size + 4 : at + _RECORD.size + 16]) == crc
