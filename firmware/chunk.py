# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One chunk, built in place: identity, chunk record, message indexes, padding to the sector.

    chunk = ChunkBuffer(262144, b"daylog-1a2b3c")
    chunk.begin(boot=12, offset_ms=0)
    chunk.add_frame(view, sequence, uptime_ms)     # False: no room, seal it; of the camera, or of another channel of pictures
    size = chunk.seal(offset, summary, segment=3)  # bytes of .view, a multiple of 512

Invariants: the records of the chunk lie at RECORDS..._end of the buffer; heads are filled in by
`seal`, when their numbers are known. `add_frame` copies the frame once and allocates
one slice; nothing else here is called per frame.
"""

import binascii
import struct

from firmware import channels, mcap
from firmware.compat import const

SLICE_BYTES = const(8192)  # one write: what the card's bounce buffer takes, and soon over when a frame waits
IDENTITY_MAGIC = b"DAYLOGCK"
IDENTITY_FORMAT = "<8sHH16sIIIQI"  # magic, format, 0, device, boot, segment, chunk, file offset, bytes that follow; then CRC32
IDENTITY_BYTES = const(9 + 52 + 4)
CHUNK_FORMAT = "<BQQQQIIQ"  # opcode, length, start, end, uncompressed size, CRC32, "" (u32 0), records length
CHUNK_BYTES = const(49)
RECORDS = const(65 + 49)

# A message with a picture: MCAP prefix and message head, then foxglove.CompressedImage or CompressedVideo up to its bytes.
MESSAGE_FORMAT = "<BQHIQQ"  # opcode, length, channel, sequence, log time, publish time
MESSAGE_BYTES = const(31)
_TIMESTAMP = b"\x0a\x0c\x08\x80\x80\x80\x80\x00\x10\x80\x80\x80\x80\x00"
IMAGE_HEAD = _TIMESTAMP + b"\x22\x06camera" + b"\x1a\x04jpeg" + b"\x12\x80\x80\x80\x00"
_OF_VIDEO = (_TIMESTAMP + b"\x12", b"\x22\x04h264" + b"\x1a\x80\x80\x80\x00")
VIDEO_HEAD = _OF_VIDEO[0] + b"\x06camera" + _OF_VIDEO[1]
IMAGE_BYTES = const(33)  # of the camera's, either way
# A /microphone message: foxglove.RawAudio up to its samples; sample rate and number of channels are fixed32.
SOUND_HEAD = _TIMESTAMP + b"\x1a\x07pcm-s16" + b"\x25\0\0\0\0" + b"\x2d\1\0\0\0" + b"\x12\x80\x80\x80\x00"
SOUND_BYTES = const(38)
_SECONDS_AT = const(3)
_NANOS_AT = const(9)
_LENGTH_BYTES = const(4)
_RATE_AT = const(24)
_SAMPLES_AT = const(34)

INDEX_ENTRY_BYTES = const(16)
MAX_FRAMES = const(512)  # per chunk; a chunk of more is sealed early
MAX_RECORDS = const(64)  # of each other channel
INDEX_RESERVE = const(16 * (512 + 5 * 64) + 6 * 15 + 512 + 9)
_RESERVE_BESIDE = const(16 * 512 + 15)  # more, for each stream beside the camera


class Head:
    """What stands before the bytes of a picture; `form` is for struct, since a slice assignment would allocate the slice."""

    def __init__(self, data):
        self.data, self.size, self.form = data, len(data), "<%ds" % len(data)


def picture_heads(codec, beside=()):
    """Heads by channel; `beside`: names of the streams beside the camera, whose frames say whose they are."""
    heads = {channels.CAMERA: Head(VIDEO_HEAD if codec == channels.H264 else IMAGE_HEAD)}
    for at in range(len(beside)):
        name = beside[at].encode()
        heads[channels.FIRST_BESIDE + at] = Head(_OF_VIDEO[0] + bytes([len(name)]) + name + _OF_VIDEO[1])
    return heads


_JPEGS = picture_heads(channels.JPEG)


def put_varint(buffer, at, value, size):
    """A protobuf varint padded to `size` bytes, so that templates can be patched in place."""
    for i in range(at, at + size - 1):
        buffer[i] = (value & 0x7F) | 0x80
        value >>= 7
    buffer[at + size - 1] = value


class ChunkBuffer:
    def __init__(self, capacity, device, beside=0):
        """`beside`: how many streams there may be beside the camera."""
        self.buffer = bytearray(capacity)
        self.view = memoryview(self.buffer)
        # Views of every whole slice, made once: writing one allocates nothing.
        self.slices = [self.view[at : at + SLICE_BYTES] for at in range(0, capacity - SLICE_BYTES + 1, SLICE_BYTES)]
        self.size = 0  # of the sealed chunk
        self.frames = 0  # of the camera
        self.first_ms = self.last_ms = 0  # uptime of the first and last of them
        self._device = device
        self._room = capacity - INDEX_RESERVE - beside * _RESERVE_BESIDE
        entries = [0, MAX_FRAMES] + [MAX_RECORDS] * (channels.COUNT - 1) + [MAX_FRAMES] * beside
        self._indexes = [bytearray(INDEX_ENTRY_BYTES * n) for n in entries]
        self._index_views = [memoryview(index) for index in self._indexes]
        self._placed = []
        self._used = [0] * len(entries)
        self._end = RECORDS

    def begin(self, boot, offset_ms, heads=_JPEGS):
        """Start anew; `offset_ms` turns uptime into the segment's log time, `heads` are picture_heads."""
        self._heads = heads
        self._boot = boot
        self._offset_ms = offset_ms
        self._end = RECORDS
        self.frames = 0
        self._start_ns = self._last_ns = 0
        for i in range(len(self._used)):
            self._used[i] = 0

    def is_empty(self):
        return self._end == RECORDS

    def largest_frame(self, channel=channels.CAMERA):
        """Bytes of the largest frame an empty chunk can take."""
        return self._room - RECORDS - MESSAGE_BYTES - self._heads[channel].size

    def add_frame(self, frame, sequence, uptime_ms, channel=channels.CAMERA):
        """Copy one frame in; False when there is no room. Allocates one slice."""
        size, head = len(frame), self._heads[channel]
        image = self._end + MESSAGE_BYTES
        body = image + head.size
        if body + size > self._room or self._used[channel] == MAX_FRAMES * INDEX_ENTRY_BYTES:
            return False
        unix_ms = uptime_ms + self._offset_ms
        self._message_head(channel, sequence, unix_ms * 1_000_000, head.size + size)
        struct.pack_into(head.form, self.buffer, image, head.data)
        self._put_time(image, unix_ms)
        put_varint(self.buffer, body - _LENGTH_BYTES, size, _LENGTH_BYTES)
        self.view[body : body + size] = frame
        self._end = body + size
        if channel == channels.CAMERA:
            self._count(uptime_ms)
        return True

    def _count(self, uptime_ms):
        if not self.frames:
            self.first_ms = uptime_ms
        self.last_ms = uptime_ms
        self.frames += 1

    def _put_time(self, at, unix_ms):
        put_varint(self.buffer, at + _SECONDS_AT, unix_ms // 1000, 5)
        put_varint(self.buffer, at + _NANOS_AT, unix_ms % 1000 * 1_000_000, 5)

    def add_sound(self, samples, rate_hz, uptime_ms):
        """Copy a view of 16-bit samples of one channel, the first of which is of `uptime_ms`; False when there is no room."""
        size, sound = len(samples), self._end + MESSAGE_BYTES
        body = sound + SOUND_BYTES
        if body + size > self._room or self._used[channels.MICROPHONE] == MAX_RECORDS * INDEX_ENTRY_BYTES:
            return False
        unix_ms = uptime_ms + self._offset_ms
        self._message_head(channels.MICROPHONE, 0, unix_ms * 1_000_000, SOUND_BYTES + size)
        struct.pack_into("<38s", self.buffer, sound, SOUND_HEAD)
        self._put_time(sound, unix_ms)
        struct.pack_into("<I", self.buffer, sound + _RATE_AT, rate_hz)
        put_varint(self.buffer, sound + _SAMPLES_AT, size, 4)
        self.view[body : body + size] = samples
        self._end = body + size
        return True

    def add_json(self, channel, uptime_ms, data):
        """Append one JSON message (bytes) to a channel; False when there is no room."""
        body = self._end + MESSAGE_BYTES
        if body + len(data) > self._room or self._used[channel] == MAX_RECORDS * INDEX_ENTRY_BYTES:
            return False
        self._message_head(channel, 0, (uptime_ms + self._offset_ms) * 1_000_000, len(data))
        self.buffer[body : body + len(data)] = data
        self._end = body + len(data)
        return True

    def _message_head(self, channel, sequence, time_ns, size):
        struct.pack_into(
            MESSAGE_FORMAT, self.buffer, self._end, mcap.MESSAGE, MESSAGE_BYTES - 9 + size, channel, sequence, time_ns, time_ns
        )
        used = self._used[channel]
        struct.pack_into("<QQ", self._indexes[channel], used, time_ns, self._end - RECORDS)
        self._used[channel] = used + INDEX_ENTRY_BYTES
        if not self._start_ns or time_ns < self._start_ns:
            self._start_ns = time_ns
        if time_ns > self._last_ns:
            self._last_ns = time_ns

    def seal(self, offset, summary, segment):
        """Fill in the heads for the next chunk of a segment, at file `offset`; tells the summary. Returns the size in bytes."""
        records = self._end - RECORDS
        crc = binascii.crc32(self.view[RECORDS : self._end])
        start_ns, last_ns = self._start_ns, self._last_ns
        struct.pack_into(
            CHUNK_FORMAT, self.buffer, IDENTITY_BYTES, mcap.CHUNK, CHUNK_BYTES - 9 + records, start_ns, last_ns, records, crc, 0, records
        )
        indexes = self._put_indexes(offset)
        identified = self._end - IDENTITY_BYTES
        self._put_identity(segment, summary.chunks, offset, identified)
        summary.add_chunk(
            offset + IDENTITY_BYTES, CHUNK_BYTES + records, start_ns, last_ns, indexes, self._end - RECORDS - records, records
        )
        self._put_padding()
        self.size = self._end
        return self.size

    def _put_indexes(self, offset):
        placed = self._placed
        placed.clear()
        for channel in range(1, len(self._used)):
            used = self._used[channel]
            if used:
                struct.pack_into("<BQHI", self.buffer, self._end, mcap.MESSAGE_INDEX, 6 + used, channel, used)
                placed.append((channel, offset + self._end, used // INDEX_ENTRY_BYTES))
                body = self._end + 15
                self.view[body : body + used] = self._index_views[channel][:used]
                self._end = body + used
        return placed

    def _put_identity(self, segment, number, offset, following):
        buffer = self.buffer
        struct.pack_into("<BQ", buffer, 0, mcap.IDENTITY, IDENTITY_BYTES - 9)
        struct.pack_into(IDENTITY_FORMAT, buffer, 9, IDENTITY_MAGIC, 1, 0, self._device, self._boot, segment, number, offset, following)
        crc = binascii.crc32(self.view[9 : IDENTITY_BYTES - 4])
        struct.pack_into("<I", self.buffer, IDENTITY_BYTES - 4, crc)

    def _put_padding(self):
        size = mcap.padding_bytes(self._end)
        if size:
            struct.pack_into("<BQ", self.buffer, self._end, mcap.PADDING, size - 9)
            for i in range(self._end + 9, self._end + size):
                self.buffer[i] = 0
            self._end += size
