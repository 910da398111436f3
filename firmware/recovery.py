# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""After a crash: close what the last boot left open, lose nothing that was committed, say what is missing.

    for report in recover_open_segments(store, "power_on", device): ...

The walk goes from record to record by their lengths; the CRCs of the last chunks are checked, for only those can
be torn. What follows the last good chunk is wrapped into a private record (FAT has no truncate here), so that a gap
message and the summary can follow it. Only bytes that were never committed are overwritten. A cut during
recovery leaves a file that recovery can be run on again.
"""

import binascii
import json
import os
import struct

from firmware import channels, mcap
from firmware.carve import holds_identity
from firmware.chunk import CHUNK_BYTES, IDENTITY_BYTES, SLICE_BYTES, ChunkBuffer
from firmware.compat import const
from firmware.durable import open
from firmware.reach import reach
from firmware.segment import SegmentResult, summary_of

CHECKED_CHUNKS = const(4)  # a commit follows each chunk, so one can be torn; more, for cards that promise too much
SMALL_CHUNK = const(16384)  # of one gap: in the heap of a small board that records, nothing larger finds a place
SEARCHED_BYTES = const(1 << 20)
_NUMBERS = ("utc_offset_ms", "commit_interval_ms", "start_uptime_ms", "sound_hz")
_OF_HEAD = (mcap.HEADER, mcap.METADATA, mcap.SCHEMA, mcap.CHANNEL, mcap.PADDING)


class Found:
    """What a walk found: `end` is where the last good chunk's sector padding ends.

    However many chunks there are, they leave nothing on the heap: in a heap with small things all over it nothing
    large finds a place, and a segment that cannot be closed for that would never be.
    """

    def __init__(self):
        self.pairs = []
        self.summary = None  # of all chunks but the last few
        self.recent = []  # those: arguments of Summary.add_chunk, one tuple a chunk
        self.head_bytes = 0
        self.metadata_at = (0, 0)  # offset and length of its record
        self.end = 0
        self.is_closed = False

    def begin_chunks(self):
        offset, length = self.metadata_at
        self.summary = summary_of(self.pairs, mcap.metadata_index(offset, length, "daylog.segment"))

    def add(self, chunk):
        self.recent.append(chunk)
        if len(self.recent) > CHECKED_CHUNKS:
            self.summary.add_chunk(*self.recent.pop(0))

    def settle(self):
        for chunk in self.recent:
            self.summary.add_chunk(*chunk)
        self.recent = []

    def offset_ms(self):
        return int(dict(self.pairs).get("utc_offset_ms", "0"))

    def frames(self):
        return self.summary.counts[channels.CAMERA]

    def last_uptime_ms(self):
        """Log time of the last message, as uptime; None when there is none."""
        return self.summary.last_ns // 1_000_000 - self.offset_ms() if self.summary.chunks else None

    def first_uptime_ms(self):
        return self.summary.first_ns // 1_000_000 - self.offset_ms() if self.summary.chunks else 0


def walk(file, size):
    """Follow the records of a segment as far as they are whole."""
    found = Found()
    if not _walk_head(file, size, found):
        return found
    found.begin_chunks()
    while _walk_chunk(file, size, found):
        pass
    _drop_torn_chunks(file, found)
    found.settle()
    return found


def _prefix(file, at, size):
    """(opcode, content length) of the record at an offset, or (0, 0) when it does not fit the file."""
    file.seek(at)
    data = file.read(9)
    if len(data) < 9:
        return 0, 0
    opcode, length = struct.unpack("<BQ", data)
    return (opcode, length) if at + 9 + length <= size else (0, 0)


def _walk_head(file, size, found):
    """Magic up to the first sector of chunks; False when even that is not whole."""
    file.seek(0)
    if file.read(8) != mcap.MAGIC:
        return False
    at = 8
    while True:
        opcode, length = _prefix(file, at, size)
        if opcode == mcap.METADATA:
            found.pairs = _pairs(file.read(length))
            found.metadata_at = (at, 9 + length)
        if opcode not in _OF_HEAD:
            return False
        at += 9 + length
        if at % mcap.SECTOR == 0 and found.pairs and _prefix(file, at, size)[0] not in _OF_HEAD:
            found.head_bytes = found.end = at
            return True


def _pairs(content):
    """Key and value pairs of a metadata record; none of one that is spoilt."""
    texts, at = [], _after_text(content, 0) + 4  # past the name and the byte length of the map
    while at < len(content):
        end = _after_text(content, at)
        try:
            texts.append(content[at + 4 : end].decode())
        except ValueError:  # no UTF-8
            return []
        at = end
    pairs = [(texts[i], texts[i + 1]) for i in range(0, len(texts) - 1, 2)]
    return pairs if at == len(content) and all([value.isdigit() for name, value in pairs if name in _NUMBERS]) else []


def _after_text(content, at):
    """Where a text with its length before it ends, if it does so within the content."""
    return at + 4 + struct.unpack_from("<I", content, at)[0] if at + 4 <= len(content) else len(content) + 1


def _walk_chunk(file, size, found):
    """One identity, chunk, its indexes and padding; or a torn record of an earlier recovery. False at the end."""
    at = found.end
    opcode, length = _prefix(file, at, size)
    if opcode == mcap.TORN:
        found.end = at + 9 + length
        return True
    if opcode == mcap.DATA_END:
        found.is_closed = _is_closed(file, size)
        return False
    if opcode != mcap.IDENTITY or not _identity_is_good(file.read(length), at, size):
        return False
    chunk, at = _chunk(file, at + IDENTITY_BYTES, size)
    if chunk is None:
        return False
    found.add(chunk)
    found.end = at
    opcode, length = _prefix(file, at, size)
    if at % mcap.SECTOR and opcode == mcap.PADDING:
        found.end += 9 + length
    return found.end % mcap.SECTOR == 0 or opcode == mcap.TORN  # its padding may be torn where it is not


def _identity_is_good(content, at, size):
    if len(content) != IDENTITY_BYTES - 9 or struct.unpack("<I", content[-4:])[0] != binascii.crc32(content[:-4]):
        return False
    offset, following = struct.unpack("<QI", content[40:52])
    return offset == at and at + IDENTITY_BYTES + following <= size


def _chunk(file, at, size):
    """(arguments of Summary.add_chunk, offset after the indexes), or (None, 0)."""
    opcode, length = _prefix(file, at, size)
    head = file.read(28)
    if opcode != mcap.CHUNK or len(head) < 28:  # a file may be shorter than it seems, see reach.py
        return None, 0
    start_ns, end_ns, records, _ = struct.unpack("<QQQI", head)
    index_at = after = at + 9 + length
    indexes = []
    while True:
        opcode, length = _prefix(file, after, size)
        head = file.read(6)
        if opcode != mcap.MESSAGE_INDEX or len(head) < 6:
            break
        number, used = struct.unpack("<HI", head)
        indexes.append((number, after, used // 16))
        after += 9 + length
    return (at, index_at - at, start_ns, end_ns, indexes, after - index_at, records), after


def _drop_torn_chunks(file, found):
    """Check the CRCs of the last chunks, and end the file before the first bad one of them."""
    buffer = bytearray(SLICE_BYTES)
    for i in range(len(found.recent)):
        if not _crc_is_good(file, found.recent[i], buffer):
            found.end = found.recent[i][0] - IDENTITY_BYTES
            found.recent = found.recent[:i]
            found.is_closed = False
            return


def _crc_is_good(file, chunk, buffer):
    at, records = chunk[0], chunk[6]
    file.seek(at + 9 + 24)
    expected = struct.unpack("<I", file.read(4))[0]
    file.seek(at + CHUNK_BYTES)
    crc = 0
    while records:
        n = file.readinto(memoryview(buffer)[: min(records, len(buffer))])
        if not n:
            return False
        crc = binascii.crc32(memoryview(buffer)[:n], crc)
        records -= n
    return crc == expected


def _is_closed(file, size):
    file.seek(size - len(mcap.MAGIC))
    return file.read(8) == mcap.MAGIC


def repair(path, cause, boot, segment, device):
    """Close one segment file in place. Returns (Found, SegmentResult or None if nothing of it can be kept, gap or None).

    A file that holds chunks behind a head that is spoilt is kept as it is: a computer can rebuild it.
    """
    size = os.stat(path)[6]
    with open(path, "r+b") as file:
        found = walk(file, size)
        end = reach(file, found.end, boot, segment) if found.head_bytes and not found.is_closed else 0
        if end > size:
            size, found = end, walk(file, end)
        if not found.head_bytes:
            return found, SegmentResult(size, b"", [], 0, 0, None) if _holds_chunk(file) else None, None
        first_ms, frames = found.first_uptime_ms(), found.frames()
        if found.is_closed:
            return found, SegmentResult(size, b"", [], frames, first_ms, None), None
        gap = _gap(found, cause, boot)
        size = _finish(file, size, found, gap, (boot, segment, device))
    return found, SegmentResult(size, b"", [], frames, first_ms, None), gap


def _holds_chunk(file):
    """Whether a chunk begins where the first ones would."""
    file.seek(0)
    data = bytearray(SMALL_CHUNK)
    return any(holds_identity(memoryview(data)[: file.readinto(data)]) for _ in range(SEARCHED_BYTES // SMALL_CHUNK))


def glance(path):
    """What a file that was closed says of itself, as (Found, SegmentResult), without walking through it; None if it was not."""
    size = os.stat(path)[6]
    found = Found()
    with open(path, "rb") as file:
        if not _walk_head(file, size, found) or not _is_closed(file, size):
            return None
    start_ms = int(dict(found.pairs).get("start_uptime_ms", "0"))
    return found, SegmentResult(size, b"", [], 0, start_ms, None)


def _gap(found, cause, boot):
    limit_ms = int(dict(found.pairs).get("commit_interval_ms", "0"))
    return {
        "cause": cause,
        "frames": None,
        "from_uptime_ms": found.last_uptime_ms(),
        "to_uptime_ms": None,
        "boot": boot,
        "limit_ms": limit_ms,
    }


def unknown_gap(cause, boot):
    """No segment of that boot can tell of the end of its recording: the next boot's recording has to."""
    return {"cause": cause, "frames": None, "from_uptime_ms": None, "to_uptime_ms": None, "boot": boot}


def _finish(file, size, found, gap, identity):
    """Wrap the torn tail, append the gap and the summary; returns the file's new size."""
    at = _wrap(file, size, found.end)
    chunk = _gap_chunk(gap, found.offset_ms(), identity)
    length = chunk.seal(at, found.summary, identity[1])
    file.seek(at)
    tail = bytes(chunk.view[:length]) + bytes(found.summary.encode(at + length))
    file.write(tail)
    file.flush()
    return at + len(tail)


def _wrap(file, size, end):
    """Make one private record of everything from `end` on, to a sector boundary; returns where that is."""
    if size == end and end % mcap.SECTOR == 0:
        return end
    after = max(size, end + 9)
    after += -after % mcap.SECTOR
    file.seek(size)
    file.write(bytes(after - size))
    file.seek(end)
    file.write(struct.pack("<BQ", mcap.TORN, after - end - 9))
    file.flush()
    return after


def _gap_chunk(gap, offset_ms, identity):
    boot, _, device = identity
    chunk = ChunkBuffer(SMALL_CHUNK, device)
    chunk.begin(boot, offset_ms)
    chunk.add_json(channels.GAPS, gap["from_uptime_ms"] or 0, json.dumps(gap).encode())
    return chunk


def recover_open_segments(store, cause, device):
    """Close every segment that was left open; yields (boot, segment, gap or None) of each.

    Raises OSError when the card fails; what was closed by then stays closed.
    """
    known = dict(store.broke_off)
    for boot, segment in store.left_open():
        path, why = store.path(boot, segment), known.get(boot) or cause
        try:
            found, result, gap = repair(path, why, boot, segment, device)
        except OSError as error:
            if error.errno != 2:
                raise
            result, gap, found = None, None, None  # journalled, but the cut came before the file
        if result is None:
            store.reject(boot, segment)
            gap = unknown_gap(why, boot)
        else:
            store.closed(segment, result, found.offset_ms(), boot)
            gap = gap if found.head_bytes else unknown_gap(why, boot)
        yield boot, segment, gap
