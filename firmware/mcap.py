# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""MCAP records, as https://mcap.dev/spec defines them, and our private ones.

Only what a recorder writes and a recovery reads: no compression, no attachments.
Everything here returns new bytes and is called a few times per chunk at most; the
frame path packs in place (chunk.py).
"""

import binascii
import struct

from firmware.compat import const

MAGIC = b"\x89MCAP0\r\n"
HEADER = const(0x01)
FOOTER = const(0x02)
SCHEMA = const(0x03)
CHANNEL = const(0x04)
MESSAGE = const(0x05)
CHUNK = const(0x06)
MESSAGE_INDEX = const(0x07)
CHUNK_INDEX = const(0x08)
STATISTICS = const(0x0B)
METADATA = const(0x0C)
METADATA_INDEX = const(0x0D)
SUMMARY_OFFSET = const(0x0E)
DATA_END = const(0x0F)

# Private records (0x80 and above): readers skip them.
PADDING = const(0x80)
IDENTITY = const(0x81)
TORN = const(0x82)

SECTOR = const(512)
PREFIX_BYTES = const(9)  # opcode u8, content length u64
FOOTER_BYTES = const(9 + 20 + 8)
_CRC_AND_MAGIC_BYTES = const(4 + 8)
CHUNK_INDEX_BYTES = const(45 + 10 * 6 + 28)  # at most: with messages in all six channels
SUMMARY_BYTES = const(36864)  # with the indexes of 250 chunks, or more
_FRONT_BYTES = const(3072)  # of them, for what stands before the indexes: schemas, channels and statistics
_BACK_BYTES = const(512)  # and for what follows them


def record(opcode, content):
    return struct.pack("<BQ", opcode, len(content)) + content


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def table(pairs):
    """A map of string to string: u32 byte length, then key and value of each pair."""
    body = b"".join(text(key) + text(value) for key, value in pairs)
    return struct.pack("<I", len(body)) + body


def header(profile, library):
    return record(HEADER, text(profile) + text(library))


def schema(number, name, encoding, data):
    return record(SCHEMA, struct.pack("<H", number) + text(name) + text(encoding) + struct.pack("<I", len(data)) + data)


def channel(number, schema_number, topic, encoding):
    return record(CHANNEL, struct.pack("<HH", number, schema_number) + text(topic) + text(encoding) + table(()))


def metadata(name, pairs):
    return record(METADATA, text(name) + table(pairs))


def padding_bytes(offset):
    """Length of the padding record that takes `offset` to a sector boundary: 0, or at least its own prefix."""
    short = -offset % SECTOR
    return short if short == 0 or short >= PREFIX_BYTES else short + SECTOR


def padding(offset):
    size = padding_bytes(offset)
    return record(PADDING, bytes(size - PREFIX_BYTES)) if size else b""


class Summary:
    """What the end of a file repeats, collected while it is written (or walked by recovery).

    Indexes are put into the buffer where they will be written, between what is put before and behind them at the end: a heap that has
    been in use for long may be in pieces too small for a buffer of its own at each segment's beginning and end.
    """

    def __init__(self, definitions, schema_count, channel_count, last_channel, metadata_index, buffer=None):
        """`buffer`: of SUMMARY_BYTES, from one whose segment has ended; it grows where `has_room` was not asked."""
        self.definitions = definitions  # the schema and channel records, to be repeated
        self.counts = [0] * (last_channel + 1)  # messages by channel number
        self.first_ns = 0
        self.last_ns = 0
        self.chunks = 0
        self._schema_count = schema_count
        self._channel_count = channel_count
        self._metadata_index = metadata_index
        self._buffer = buffer or bytearray(SUMMARY_BYTES)
        self._end = _FRONT_BYTES  # of the indexes

    def has_room(self):
        """Whether some more chunks fit, as many as may follow once this was asked."""
        return self._end + 4 * CHUNK_INDEX_BYTES + _BACK_BYTES <= len(self._buffer)

    def add_chunk(self, offset, length, start_ns, end_ns, indexes, index_bytes, records_bytes):
        """One chunk. `indexes`: (channel, file offset of its message index, messages) of those that have any."""
        at, size = self._end, 10 * len(indexes)
        if at + CHUNK_INDEX_BYTES + _BACK_BYTES > len(self._buffer):
            self._buffer = self._buffer + bytes(len(self._buffer))
        buffer = self._buffer
        struct.pack_into("<BQQQQQI", buffer, at, CHUNK_INDEX, 64 + size, start_ns, end_ns, offset, length, size)
        at += 45
        for number, index_at, messages in indexes:
            struct.pack_into("<HQ", buffer, at, number, index_at)
            if number < len(self.counts):  # what recovery reads has no CRC
                self.counts[number] += messages
            at += 10
        struct.pack_into("<QIQQ", buffer, at, index_bytes, 0, records_bytes, records_bytes)
        self._end = at + 28
        self.first_ns = start_ns if not self.chunks else min(self.first_ns, start_ns)
        self.last_ns = max(self.last_ns, end_ns)
        self.chunks += 1

    def _statistics(self):
        pairs = b"".join(struct.pack("<HQ", number, n) for number, n in enumerate(self.counts) if n)
        head = struct.pack("<QHIIII", sum(self.counts), self._schema_count, self._channel_count, 0, 1, self.chunks)
        head += struct.pack("<QQ", self.first_ns, self.last_ns)
        return record(STATISTICS, head + struct.pack("<I", len(pairs)) + pairs)

    def encode(self, offset):
        """DataEnd, summary, footer and closing magic of a file whose data ends at `offset`: a view of the buffer."""
        schemas, channels = self.definitions
        groups = (
            (SCHEMA, len(schemas)),
            (CHANNEL, len(channels)),
            (STATISTICS, len(self._statistics())),
            (CHUNK_INDEX, self._end - _FRONT_BYTES),
            (METADATA_INDEX, len(self._metadata_index)),
        )
        data_end = record(DATA_END, struct.pack("<I", 0))
        front = data_end + schemas + channels + self._statistics()
        begin, at = _FRONT_BYTES - len(front), offset + len(data_end)
        offsets = b""
        for opcode, size in groups:
            if size:
                offsets += record(SUMMARY_OFFSET, struct.pack("<BQQ", opcode, at, size))
            at += size
        foot = struct.pack("<BQQQ", FOOTER, 20, offset + len(data_end), at)
        view, end = memoryview(self._buffer), self._end
        view[begin:_FRONT_BYTES] = front
        for piece in (self._metadata_index, offsets, foot):
            view[end : end + len(piece)] = piece
            end += len(piece)
        struct.pack_into("<I8s", self._buffer, end, binascii.crc32(view[begin + len(data_end) : end]), MAGIC)
        return view[begin : end + _CRC_AND_MAGIC_BYTES]


def metadata_index(offset, length, name):
    return record(METADATA_INDEX, struct.pack("<QQ", offset, length) + text(name))
