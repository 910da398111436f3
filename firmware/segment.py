# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One segment file while it is written: slices, hashes, commits, close.

    writer = SegmentWriter(file, pairs, part_bytes, limit_bytes, number)
    writer.put(chunk)             # a sealed chunk waits
    while writer.step(): ...      # one slice each: hash it, write it
    writer.commit()               # what was written is durable, and the card gives it back
    result = writer.close()

Hashes are computed from memory while writing, so that nothing is read twice to be uploaded.
A file within one upload part is its own part: then one pair of hashes serves both.
"""

import hashlib

from firmware import channels, mcap
from firmware.chunk import SLICE_BYTES
from firmware.compat import const

LIBRARY = "daylog 0.1"
MAX_PARTS = const(8)  # what one journal record can hold
EBADMSG = const(74)  # the card gave back something else


class Hashes:
    """SHA-256 of the whole, SHA-256 and MD5 of each part, updated slice by slice."""

    def __init__(self, part_bytes, expect_one_part):
        self.parts = []
        self._part_bytes = part_bytes
        self._whole = None if expect_one_part else hashlib.sha256()
        self._start_part()

    def _start_part(self):
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5()
        self.room = self._part_bytes

    def update(self, data):
        """Take a slice that does not cross a part's end: at most `room` bytes, which is never 0."""
        self._sha256.update(data)
        self._md5.update(data)
        if self._whole is not None:
            self._whole.update(data)
        self.room -= len(data)
        if not self.room:
            self._end_part()
            self._start_part()

    def _end_part(self):
        self.parts.append((self._sha256.digest(), self._md5.digest()))

    def finish(self):
        """(sha256 of the whole, [(sha256, md5) of each part])."""
        if self.room < self._part_bytes or not self.parts:
            self._end_part()
        whole = self.parts[0][0] if self._whole is None else self._whole.digest()
        return whole, self.parts


class SegmentResult:
    def __init__(self, size, sha256, parts, frames, first_ms, last_ms):
        self.size, self.sha256, self.parts = size, sha256, parts
        self.frames, self.first_ms, self.last_ms = frames, first_ms, last_ms
        self.md5 = parts[0][1] if len(parts) == 1 else b""


def head(pairs, buffer=None):
    """(bytes before the first chunk, the summary that will follow the last) for a segment's metadata."""
    opening = mcap.MAGIC + mcap.header("", LIBRARY)
    about = mcap.metadata("daylog.segment", pairs)
    data = opening + about + b"".join(channels.definitions(codec_of(pairs), has_sound(pairs), beside_of(pairs)))
    return data + mcap.padding(len(data)), summary_of(pairs, mcap.metadata_index(len(opening), len(about), "daylog.segment"), buffer)


def codec_of(pairs):
    """Of the camera's frames, by a segment's metadata."""
    codec = dict(pairs).get("codec")
    return codec if codec == channels.H264 else channels.JPEG


def has_sound(pairs):
    """Whether there is a channel for the microphone, by a segment's metadata."""
    return dict(pairs).get("sound_hz", "0") != "0"


def beside_of(pairs):
    """Names of the streams beside the camera, by a segment's metadata, which has a rate behind each: "screen:10,desk:5"."""
    rates = dict(pairs).get("beside", "")
    return [rate.split(":")[0] for rate in rates.split(",")] if rates else []


def summary_of(pairs, metadata_index, buffer=None):
    beside = beside_of(pairs)
    schemas, count = (3, channels.COUNT) if has_sound(pairs) else (2, channels.COUNT - 1)
    definitions = channels.definitions(codec_of(pairs), has_sound(pairs), beside)
    return mcap.Summary(definitions, schemas, count + len(beside), channels.COUNT + len(beside), metadata_index, buffer)


class SegmentWriter:
    def __init__(self, file, pairs, part_bytes, limit_bytes, number, summary_buffer=None):
        self.number = number
        self._file = file
        self.hashes = Hashes(part_bytes, limit_bytes <= part_bytes)
        self.limit_bytes = limit_bytes
        self.offset = 0  # where the next sealed chunk will begin
        self.frames = 0
        self.first_ms = self.last_ms = None
        self.durable_ms = None  # uptime of the last frame that a commit covered
        self.durable_at = None  # where the last chunk begins that a commit covered
        self._chunk = None
        self._at = 0
        self._put_at = None  # where the chunk begins that was handed over last
        self._last = b""  # written last
        self._echo = memoryview(bytearray(mcap.SECTOR))
        opening, self.summary = head(pairs, summary_buffer)
        self._write_all(opening)
        self._head_kept = False
        self.offset = len(opening)

    def has_room(self, size):
        """Whether a chunk of `size` bytes and the summary still fit under the limit."""
        return self.offset + size + 65536 <= self.limit_bytes and self.summary.has_room()

    def put(self, chunk):
        """Hand over a chunk; it is sealed here and must stay untouched until `step` returns False."""
        size = chunk.seal(self.offset, self.summary, self.number)
        self._put_at = self.offset
        self.offset += size
        self._chunk, self._at = chunk, 0
        self.frames += chunk.frames
        if chunk.frames:
            self.last_ms = chunk.last_ms
            if self.first_ms is None:
                self.first_ms = chunk.first_ms

    def busy(self):
        return self._chunk is not None

    def step(self):
        """Write one slice of the waiting chunk; False when there is none left. Raises OSError from the card."""
        chunk = self._chunk
        if chunk is None:
            return False
        if not self._head_kept:
            self._keep_head()
        at = self._at
        end = min(at + SLICE_BYTES, chunk.size, at + self.hashes.room)
        whole = end - at == SLICE_BYTES and not at % SLICE_BYTES
        self._write(chunk.slices[at // SLICE_BYTES] if whole else chunk.view[at:end])
        self._at = end
        if end == chunk.size:
            self._chunk = None
        return self._chunk is not None

    def _write(self, data):
        self.hashes.update(data)
        self._last = data
        if self._file.write(data) != len(data):
            raise OSError(28)  # ENOSPC: FatFs reports a full card as a short write

    def _keep_head(self):
        """A cut must not leave a chunk behind half a head. Not at opening, which takes long enough for the frames that wait."""
        self._file.flush()
        self._head_kept = True

    def commit(self):
        """Make everything written durable: data, FAT and directory entry. May block as long as the card does."""
        self._file.flush()
        self._read_back()
        self.durable_ms, self.durable_at = self.last_ms, self._put_at

    def _read_back(self):
        """A card that only says it has kept the footage is found out now, not when the footage is wanted. The file system has no
        copy of these sectors: they come from the card. Raises OSError(EBADMSG)."""
        tail = self._last[-mcap.SECTOR :]
        echo = self._echo[: len(tail)]
        end = self._file.tell()
        self._file.seek(end - len(tail))
        self._file.readinto(echo)
        self._file.seek(end)
        if echo != tail:
            raise OSError(EBADMSG)

    def close(self):
        """Write the summary, commit, close the file."""
        while self.step():
            pass
        tail = self.summary.encode(self.offset)
        self._write_all(tail)
        size = self.offset + len(tail)
        self.commit()
        self._file.close()
        sha256, parts = self.hashes.finish()
        return SegmentResult(size, sha256, parts, self.frames, self.first_ms, self.last_ms)

    def _write_all(self, data):
        data, at = memoryview(data), 0
        while at < len(data):
            end = min(at + SLICE_BYTES, at + self.hashes.room, len(data))
            self._write(data[at:end])
            at = end

    def abandon(self):
        """Give the file up after an error; recovery wraps what it left."""
        try:
            self._file.close()
        except OSError:  # the card is gone: there is nothing to close
            pass
