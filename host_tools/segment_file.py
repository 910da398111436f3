# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The messages of one segment: by the official MCAP reader if the file is whole, else what can be salvaged.

    content = read_segment(stream)
    for message in content.messages:
        ...

Every chunk's CRC is checked, either way. A segment that was never closed, or that a bad sector runs through, is
walked record by record; after damage the walk goes on at the next chunk's identity record, which the recorder puts
on a sector boundary for this purpose.
"""

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.reader import SeekingReader
from mcap.records import Channel, Chunk, McapRecord, Message, Metadata
from mcap.stream_reader import breakup_chunk

from host_tools.sources import MCAP_MAGIC

SEGMENT_METADATA = "daylog.segment"
TOPICS = {1: "/camera", 2: "/daylog/events", 3: "/daylog/gaps", 4: "/daylog/telemetry", 5: "/daylog/clock"}
CAMERA = TOPICS[1]
_RECORD_HEAD = struct.Struct("<BQ")
_FOOTER = struct.Struct("<QQI")
_PRIVATE = (0x80, 0x81, 0x82)  # padding, identity of a chunk, wrapped torn tail
_IDENTITY_MAGIC = b"DAYLOGCK"
_SECTOR = 512
_SEARCH_BYTES = 1 << 20
_PARSERS: dict[int, Callable[[ReadDataStream], list[McapRecord]]] = {
    Opcode.METADATA: lambda data: [Metadata.read(data)],
    Opcode.CHANNEL: lambda data: [Channel.read(data)],
    Opcode.CHUNK: lambda data: breakup_chunk(Chunk.read(data), validate_crc=True),
}
# What the official library raises on bytes that are not what they claim to be.
_UNREADABLE = (McapError, ValueError, KeyError, struct.error, EOFError, IndexError, OverflowError)


class Sample(NamedTuple):
    """One message of a segment."""

    topic: str
    sequence: int
    log_time_ns: int
    data: bytes


@dataclass
class Content:
    """All that could be read of a segment."""

    metadata: dict[str, str] = field(default_factory=dict)
    messages: list[Sample] = field(default_factory=list)
    closed: bool = False
    torn_bytes: int = 0
    damage: list[str] = field(default_factory=list)


def read_segment(stream: BinaryIO) -> Content:
    """Read a whole segment; never raises for what its bytes say."""
    closed, reason = _is_closed(stream)
    if closed:
        try:
            return _read_whole(stream)
        except _UNREADABLE as error:
            reason = f"damaged: {str(error) or type(error).__name__}"
    content = _salvage(stream, closed)
    if closed or reason:
        content.damage.insert(0, reason)
    return content


def _is_closed(stream: BinaryIO) -> tuple[bool, str]:
    """Whether the file ends as a finished MCAP does, and what is wrong if it only nearly does."""
    size = stream.seek(0, os.SEEK_END)
    tail_bytes = _RECORD_HEAD.size + _FOOTER.size + len(MCAP_MAGIC)
    if size < tail_bytes + len(MCAP_MAGIC):
        return False, ""
    stream.seek(size - tail_bytes)
    tail = stream.read(tail_bytes)
    opcode, length = _RECORD_HEAD.unpack_from(tail)
    if not tail.endswith(MCAP_MAGIC) or (opcode, length) != (Opcode.FOOTER, _FOOTER.size):
        return False, ""
    summary_start, _, expected = _FOOTER.unpack_from(tail, _RECORD_HEAD.size)
    stream.seek(summary_start)
    summed = stream.read(size - len(MCAP_MAGIC) - 4 - summary_start)
    if expected and zlib.crc32(summed) != expected:
        return False, "the index at the end is damaged"
    return True, ""


def _read_whole(stream: BinaryIO) -> Content:
    stream.seek(0)
    reader = SeekingReader(stream, validate_crcs=True)
    summary = reader.get_summary()
    content = Content(closed=True)
    content.metadata = next((m.metadata for m in reader.iter_metadata() if m.name == SEGMENT_METADATA), {})
    for _, channel, message in reader.iter_messages(log_time_order=False):
        content.messages.append(Sample(channel.topic, message.sequence, message.log_time, message.data))
    promised = summary.statistics.message_count if summary and summary.statistics else len(content.messages)
    if promised != len(content.messages):
        raise ValueError(f"the index promises {promised} messages, {len(content.messages)} are there")
    return content


def _salvage(stream: BinaryIO, closed: bool) -> Content:
    content = Content(closed=closed)
    topics = dict(TOPICS)
    for record in _walk(stream, content):
        if isinstance(record, Metadata) and record.name == SEGMENT_METADATA:
            content.metadata = record.metadata
        elif isinstance(record, Channel):
            topics.setdefault(record.id, record.topic)  # those of the format stand, whatever has become of the head
        elif isinstance(record, Message):
            topic = topics.get(record.channel_id, f"channel {record.channel_id}")
            content.messages.append(Sample(topic, record.sequence, record.log_time, record.data))
    return content


def _walk(stream: BinaryIO, content: Content) -> Iterator[McapRecord]:
    """Every readable record, chunks broken up; damage and a torn end are noted in `content`."""
    size = stream.seek(0, os.SEEK_END) - len(MCAP_MAGIC) * content.closed
    position = _after_magic(stream, content)
    while position < size:
        end, records = _record_at(stream, position, size)
        if records is None:
            resume = _next_identity(stream, position + 1, size)
            if resume is None:
                content.torn_bytes = size - position
                return
            content.damage.append(f"bytes {position} to {resume} are unreadable")
            end = resume
        yield from records or ()
        position = end


def _after_magic(stream: BinaryIO, content: Content) -> int:
    stream.seek(0)
    if stream.read(len(MCAP_MAGIC)) != MCAP_MAGIC:
        content.damage.append("the file does not start as an MCAP file does")
    return len(MCAP_MAGIC)


def _record_at(stream: BinaryIO, position: int, size: int) -> tuple[int, list[McapRecord] | None]:
    """Where the record at `position` ends and what is in it; None if it cannot be read."""
    stream.seek(position)
    head = stream.read(_RECORD_HEAD.size)
    if len(head) < _RECORD_HEAD.size:
        return size, None
    opcode, length = _RECORD_HEAD.unpack(head)
    end = position + _RECORD_HEAD.size + length
    if end > size or not (Opcode.HEADER <= opcode <= Opcode.DATA_END or opcode in _PRIVATE):
        return size, None
    parse = _PARSERS.get(opcode)
    try:
        return end, parse(ReadDataStream(io.BytesIO(stream.read(length)))) if parse else []
    except _UNREADABLE:
        return end, None


def _next_identity(stream: BinaryIO, position: int, size: int) -> int | None:
    """The next sector boundary that carries a chunk's identity record."""
    start = -(-position // _SECTOR) * _SECTOR
    while start < size:
        stream.seek(start)
        block = stream.read(_SEARCH_BYTES)
        if not block:
            return None
        for offset in range(0, len(block), _SECTOR):
            if block[offset] == _PRIVATE[1] and block.startswith(_IDENTITY_MAGIC, offset + _RECORD_HEAD.size):
                return start + offset
        start += len(block)
    return None
