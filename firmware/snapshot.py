# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The next frame, where the recording has put it: a picture that costs no memory, and no second look at the camera.

    picture = await take(app, limit_ms)    # None: no frame became durable in time
    picture.boot, picture.segment, picture.offset, picture.size

The file of an open segment can be read up to its last commit.
"""

import struct

from firmware import channels
from firmware.chunk import CHUNK_BYTES, CHUNK_FORMAT, IDENTITY_BYTES, IMAGE_BYTES, MESSAGE_BYTES, MESSAGE_FORMAT, RECORDS
from firmware.compat import const, sleep_ms

_LOOK_MS = const(50)
_HEAD_BYTES = const(1024)  # of a JPEG: its size is told in there
_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_FRAME_HEADS = (0xC0, 0xC1, 0xC2)  # what begins with the size of the picture


class Picture:
    """`width` and `height` are 0 where the bytes do not tell; `is_whole`: it begins and ends as a JPEG does."""

    def __init__(self, boot, segment, offset, size, sequence):
        self.boot, self.segment, self.offset, self.size, self.sequence = boot, segment, offset, size, sequence
        self.width = self.height = 0
        self.is_whole = False

    def look(self, file):
        """Learn what it is from its bytes."""
        file.seek(self.offset)
        head = file.read(min(_HEAD_BYTES, self.size))
        file.seek(self.offset + self.size - len(_EOI))
        self.is_whole = is_jpeg(head, file.read(len(_EOI)))
        self.width, self.height = jpeg_size(head)


async def take(app, limit_ms):
    """Raises OSError from the card."""
    after, seen = app.recorder.sequence, None
    for _ in range(limit_ms // _LOOK_MS):
        await sleep_ms(_LOOK_MS)
        chunk = app.recorder.newest_chunk()
        if chunk in (None, seen):
            continue
        picture = await _first_after(app.store.path(chunk[0], chunk[1]), chunk, after)
        if picture:
            return picture
        seen = chunk
    return None


async def _first_after(path, chunk, after):
    """The first frame after a number in a durable chunk; None if there is none."""
    boot, segment, at = chunk
    with open(path, "rb") as file:
        file.seek(at + IDENTITY_BYTES)
        records = struct.unpack(CHUNK_FORMAT, file.read(CHUNK_BYTES))[-1]
        place, end = at + RECORDS, at + RECORDS + records
        while place < end:
            file.seek(place)
            _, length, channel, sequence, _, _ = struct.unpack(MESSAGE_FORMAT, file.read(MESSAGE_BYTES))
            following = place + 9 + length
            if channel == channels.CAMERA and sequence > after:
                start = place + MESSAGE_BYTES + IMAGE_BYTES
                picture = Picture(boot, segment, start, following - start, sequence)
                picture.look(file)
                return picture
            place = following
            await sleep_ms(0)
    return None


def is_jpeg(head, tail):
    return head[:2] == _SOI and tail == _EOI


def jpeg_size(head):
    """(width, height) as the first bytes of a JPEG tell; (0, 0) if they do not."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        if head[at + 1] in _FRAME_HEADS:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", head, at + 2)[0]
    return 0, 0
