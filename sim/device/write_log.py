# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Every write that outlives a power cut, in the order it was made: to the card, to the flash, to the chip's NVS.

    log = WriteLog(open("writes.log", "ab"), clock)
    card.observer = log.part(CARD)

An entry: u8 part, u8 1 for a sync, u16 0, u32 where (sector of the card, byte of the flash), u32 bytes, u64 virtual time at
which it began, the bytes. MicroPython writes files of the host without a buffer, so the log's length is at any time the
number of bytes in it that have come to pass: whoever notes it knows what was written before.
"""

import struct

CARD, FLASH, NVS = 0, 1, 2
HEAD = "<BBHIIQ"
HEAD_BYTES = 20


class WriteLog:
    def __init__(self, file, clock):
        self._file, self._clock = file, clock
        self._head = bytearray(HEAD_BYTES)

    def part(self, number):
        return Part(self, number)

    def add(self, part, is_sync, at, data):
        struct.pack_into(HEAD, self._head, 0, part, is_sync, 0, at, len(data), self._clock.now_us)
        self._file.write(self._head)
        self._file.write(data)


class Part:
    """What one memory tells of itself, before it does it."""

    def __init__(self, log, number):
        self._log, self._number = log, number

    def write(self, at, data):
        self._log.add(self._number, 0, at, data)

    def sync(self):
        """What was written so far is kept from now on."""
        self._log.add(self._number, 1, 0, b"")
