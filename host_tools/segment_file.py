# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The messages of one segment: by its index if the file is whole, else what can be salvaged.

    content = read_segment(stream)
    for message in content.messages:
        ...

Every chunk's CRC is checked, either way; nothing else makes a message one. A segment that was never closed, or that damage runs
through, is walked record by record; after damage the walk goes on at the next chunk or its identity, wherever that has got to. A chunk
that is there twice counts once, and one of another segment (clusters may be linked wrongly) not at all.
"""

import io
import os
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.reader import SeekingReader
from mcap.records import Chunk, Metadata

from firmware.channels import FIRST_BESIDE
from firmware.chunk import CHUNK_BYTES, CHUNK_FORMAT, IDENTITY_BYTES
from firmware.mcap import IDENTITY, PADDING, TORN
from host_tools.carve_scan import SEGMENT_METADATA, Identity, Key, parse_identity
from host_tools.sources import MCAP_MAGIC

TOPICS = {1: "/camera", 2: "/daylog/events", 3: "/daylog/gaps", 4: "/daylog/telemetry", 5: "/daylog/clock", 6: "/microphone"}
CAMERA, MICROPHONE = TOPICS[1], TOPICS[6]
_NAME_AT = 15  # in a picture beside the camera's: the length of the name of its stream, and then that
_RECORD_HEAD = struct.Struct("<BQ")
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time
_FOOTER = struct.Struct("<QQI")
_PRIVATE = (PADDING, IDENTITY, TORN)
_SEARCH_BYTES = 1 << 20
_MOST_CHUNK_BYTES = 1 << 30
# Of an identity, or of a chunk: not empty and uncompressed, so that both its lengths are the same.
_BEGINNING = re.compile(rb"(?s)(?=\x81\x38\0{7}DAYLOGCK|\x06.{24}(?!\0{8})(.{8}).{4}\0{4}\1)")
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
    """All that could be read of a segment; `key` is what its chunks say of themselves, which has a CRC, unlike the metadata."""

    metadata: dict[str, str] = field(default_factory=dict)
    key: Key | None = None
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
    end = size - len(MCAP_MAGIC) - 4
    stream.seek(min(summary_start, end))
    if zlib.crc32(stream.read(end - stream.tell())) != expected:
        return False, "the index at the end is damaged"
    return True, ""


def _read_whole(stream: BinaryIO) -> Content:
    stream.seek(0)
    summary = SeekingReader(stream, validate_crcs=True).get_summary()
    if summary is None or summary.statistics is None:
        raise ValueError("there is no index at the end")
    content = Content(closed=True)
    for index in summary.metadata_indexes:
        if index.name == SEGMENT_METADATA:
            content.metadata = Metadata.read(_content(stream, index.offset, index.length)).metadata
    for index in summary.chunk_indexes:
        content.key = content.key or _key_before(stream, index.chunk_start_offset)
        chunk = _content(stream, index.chunk_start_offset, index.chunk_length)
        content.messages += _chunk(chunk, lambda channel: summary.channels[channel].topic)
    if summary.statistics.message_count != len(content.messages):
        raise ValueError(f"the index promises {summary.statistics.message_count} messages, {len(content.messages)} are there")
    return content


def _content(stream: BinaryIO, offset: int, length: int) -> ReadDataStream:
    """What follows the head of a record; never more than its length, whatever it says of itself."""
    stream.seek(offset + _RECORD_HEAD.size)
    return ReadDataStream(io.BytesIO(stream.read(length - _RECORD_HEAD.size)))


def _key_before(stream: BinaryIO, offset: int) -> Key | None:
    stream.seek(max(0, offset - IDENTITY_BYTES))
    identity = parse_identity(stream.read(IDENTITY_BYTES), 0)
    return identity.key if identity else None


def _chunk(data: ReadDataStream, topic_of: Callable[[int], str]) -> list[Sample]:
    """The messages in a chunk. The official library takes a CRC of 0 for one that need not be checked; ours are always there."""
    chunk = Chunk.read(data)
    if chunk.compression or zlib.crc32(chunk.data) != chunk.uncompressed_crc:
        raise ValueError("crc validation failed in a chunk")
    return list(_messages(chunk.data, topic_of))


def _messages(records: bytes, topic_of: Callable[[int], str]) -> Iterator[Sample]:
    """Read here: the library takes longer over the head of a message than over all that follows."""
    at = 0
    while at < len(records):
        opcode, length = _RECORD_HEAD.unpack_from(records, at)
        body, at = at + _RECORD_HEAD.size, at + _RECORD_HEAD.size + length
        if at > len(records):
            raise ValueError("a record runs beyond its chunk")
        if opcode == Opcode.MESSAGE:
            channel, sequence, log_time_ns, _ = _MESSAGE.unpack_from(records, body)
            yield Sample(topic_of(channel), sequence, log_time_ns, records[body + _MESSAGE.size : at])


# -- what can be salvaged --------------------------------------------------------------------


class _Part(NamedTuple):
    """A chunk; `number` as its identity says, or that of the one before it."""

    key: Key | None
    number: int
    messages: list[Sample]


def _salvage(stream: BinaryIO, closed: bool) -> Content:
    content = Content(closed=closed)
    parts = list(_parts(stream, content))
    keys = Counter(part.key for part in parts if part.key)
    content.key = max(keys, key=lambda key: keys[key], default=None)
    own = [part for part in parts if part.key in (None, content.key)]
    if len(own) < len(parts):
        content.damage.append(f"{len(parts) - len(own)} chunks of other segments are in it")
    for part in sorted(own, key=lambda part: part.number):
        content.messages.extend(part.messages)
    return content


def _parts(stream: BinaryIO, content: Content) -> Iterator[_Part]:
    """Each chunk once."""
    identity, number, seen = None, -1, set[tuple[Key, int]]()
    for record in _walk(stream, content):
        if isinstance(record, Identity):
            identity = record
        elif isinstance(record, Metadata) and record.name == SEGMENT_METADATA:
            content.metadata = record.metadata
        elif isinstance(record, list):
            number = identity.number if identity else number
            part = _Part(identity.key if identity else None, number, record)
            if not identity or (identity.key, number) not in seen:
                yield part
            if identity:
                seen.add((identity.key, number))
            identity = None


def _walk(stream: BinaryIO, content: Content) -> Iterator[Identity | Metadata | list[Sample]]:
    """Every readable identity, metadata and chunk; damage and a torn end are noted in `content`."""
    size = stream.seek(0, os.SEEK_END) - len(MCAP_MAGIC) * content.closed
    position = _after_magic(stream, content)
    while position < size:
        end, record = _record_at(stream, position, size)
        resume = None if isinstance(record, Identity | list) else _next_whole(stream, position + 1, end)
        if record is None and resume is None:
            content.torn_bytes = size - position
            return
        if resume is not None:
            content.damage.append(f"bytes {position} to {resume} are unreadable")
        if record and not isinstance(record, str):
            yield record
        position = end if resume is None else resume


def _after_magic(stream: BinaryIO, content: Content) -> int:
    stream.seek(0)
    if stream.read(len(MCAP_MAGIC)) != MCAP_MAGIC:
        content.damage.append("the file does not start as an MCAP file does")
    return len(MCAP_MAGIC)


def _record_at(stream: BinaryIO, position: int, size: int) -> tuple[int, Identity | Metadata | list[Sample] | str | None]:
    """Where the record at `position` ends and what is in it: a str if nothing of interest, None if it cannot be read."""
    stream.seek(position)
    head = stream.read(CHUNK_BYTES)
    if len(head) < _RECORD_HEAD.size:
        return size, None
    opcode, length = _RECORD_HEAD.unpack_from(head)
    end = position + _RECORD_HEAD.size + length
    try:
        if opcode == Opcode.CHUNK:
            samples = _samples(stream, head)
            return stream.tell(), samples
        if end > size or not (Opcode.HEADER <= opcode <= Opcode.DATA_END or opcode in _PRIVATE):
            return size, None
        if opcode == IDENTITY:
            identity = parse_identity(head + stream.read(IDENTITY_BYTES - len(head)), position)
            return (position + IDENTITY_BYTES, identity) if identity else (size, None)
        return end, Metadata.read(_content(stream, position, end - position)) if opcode == Opcode.METADATA else ""
    except _UNREADABLE:
        return size, None


def _samples(stream: BinaryIO, head: bytes) -> list[Sample]:
    """The messages of the chunk whose head was read; its own length counts, not that of the record."""
    records = struct.unpack_from(CHUNK_FORMAT, head)[-1]
    if not records:
        raise ValueError("an empty chunk: zeros look like one, and nobody writes one")
    data = head[_RECORD_HEAD.size :] + stream.read(min(records, _MOST_CHUNK_BYTES))
    return [_named(sample) for sample in _chunk(ReadDataStream(io.BytesIO(data)), lambda channel: TOPICS.get(channel, str(channel)))]


def _named(sample: Sample) -> Sample:
    """By the head of a segment, which is not asked here, a channel beside the camera's has the name that stands in its messages too."""
    if not sample.topic.isdigit() or int(sample.topic) < FIRST_BESIDE:
        return sample
    start = _NAME_AT + 1
    name = sample.data[start : start + sample.data[_NAME_AT]] if len(sample.data) > start else b""
    return sample._replace(topic="/" + name.decode("utf-8", "replace"))


def _next_whole(stream: BinaryIO, position: int, size: int) -> int | None:
    """Where the next whole identity or chunk begins: anywhere, for bytes may have been lost or have come in before it."""
    while position < size:
        stream.seek(position)
        block = stream.read(_SEARCH_BYTES + IDENTITY_BYTES)
        for found in _BEGINNING.finditer(block):
            start = position + found.start()
            if start < size and isinstance(_record_at(stream, start, size)[1], Identity | list):
                return start
        position += _SEARCH_BYTES
    return None
