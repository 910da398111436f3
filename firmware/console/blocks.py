# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A stretch of a file over the console, while it records: rows of base64, and the CRC of what they hold.

    crc = await send(file, offset, length, terminal)

A row is one slice of the file, of ROW_BYTES but for the last. Nothing is read ahead: what was read is on its way before
more is asked of the card.
"""

import binascii

from firmware.compat import collect, const, free_bytes, sleep_ms

MOST_BYTES = const(16384)  # of one stretch
ROW_BYTES = const(1536)  # three sectors, and whole groups of base64
_ROOM_BYTES = const(4 * 16384)  # rows leave garbage of twice their size
_COLLECT_MS = const(500)
_LOOK_MS = const(100)


async def send(file, offset, length, terminal):
    """The CRC-32 of the bytes sent. Raises OSError when the file ends before."""
    view = memoryview(bytearray(ROW_BYTES))
    file.seek(offset)
    crc = 0
    while length:
        row = view[: min(length, ROW_BYTES)]
        if file.readinto(row) != len(row):
            raise OSError("the file ends early")
        crc = binascii.crc32(row, crc)
        await terminal.send(binascii.b2a_base64(row, newline=False))
        length -= len(row)
    return crc


async def spare_the_heap(recorder, limit_ms):
    """Collecting garbage costs a frame, so the recorder does it between two segments: with little room left wait for that. Where
    nothing is recorded, collect here. What is still full then is a small heap, and collecting is soon done."""
    for _ in range(limit_ms // _LOOK_MS):
        if free_bytes() >= _ROOM_BYTES:
            return
        if recorder.quiet_ms() >= _COLLECT_MS:
            return collect()
        await sleep_ms(_LOOK_MS)
