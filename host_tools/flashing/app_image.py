# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An image as the ESP32's ROM and bootloader load it: a header, segments, a checksum (esptool's documentation of the format).

image_id(data)      # the number of the chip it is for; None: no image
length(data)        # where it ends
build(chip, parts)  # one with these segments
"""

import functools
import hashlib
import operator
import struct

MAGIC = 0xE9
HEADER_BYTES = 24
_HEADER = struct.Struct("<BBBBI4xH9xB")  # magic, segments, mode, size and frequency, entry, chip, digest follows
_SEGMENT = struct.Struct("<II")
_DIGEST_BYTES = 32
_SEED = 0xEF


def image_id(data: bytes) -> int | None:
    if len(data) < HEADER_BYTES or data[0] != MAGIC:
        return None
    return _HEADER.unpack_from(data)[5]


def length(data: bytes) -> int | None:
    """None when it is cut short."""
    count, at = data[1], HEADER_BYTES
    for _ in range(count):
        if at + _SEGMENT.size > len(data):
            return None
        at += _SEGMENT.size + _SEGMENT.unpack_from(data, at)[1]
    end = (at // 16 + 1) * 16 + (_DIGEST_BYTES if data[HEADER_BYTES - 1] else 0)
    return end if end <= len(data) else None


def build(chip_id: int, segments: list[tuple[int, bytes]]) -> bytes:
    """An image of (load address, bytes) for a chip; it starts at the first."""
    image = _HEADER.pack(MAGIC, len(segments), 2, 0x3F, segments[0][0], chip_id, 1)
    image += b"".join(_SEGMENT.pack(address, len(data)) + data for address, data in segments)
    checksum = functools.reduce(operator.xor, b"".join(data for _, data in segments), _SEED)
    image += b"\0" * (15 - len(image) % 16) + bytes([checksum])
    return image + hashlib.sha256(image).digest()
