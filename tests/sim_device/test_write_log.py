# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import struct
import unittest

from fakes import image

from sim.device.clock import Clock
from sim.device.flash import ERASE, Flash
from sim.device.write_log import CARD, FLASH, HEAD, HEAD_BYTES, WriteLog


def entries(data):
    """(part, is it a sync, where, virtual time, bytes) of each entry."""
    at, found = 0, []
    while at < len(data):
        part, is_sync, _, where, size, now_us = struct.unpack_from(HEAD, data, at)
        at += HEAD_BYTES + size
        found.append((part, is_sync, where, now_us, data[at - size : at]))
    return found


class TestWriteLog(unittest.TestCase):
    def setUp(self):
        self.clock, self.file = Clock(5, 0), image(0)
        self.log = WriteLog(self.file, self.clock)

    def test_it_keeps_the_order_of_all_memories(self):
        card, flash = self.log.part(CARD), self.log.part(FLASH)
        card.write(7, b"footage")
        flash.write(4096, b"settings")
        self.clock.advance_us(10)
        card.sync()
        expected = [(CARD, 0, 7, 5, b"footage"), (FLASH, 0, 4096, 5, b"settings"), (CARD, 1, 0, 15, b"")]
        self.assertEqual(entries(self.file.getvalue()), expected)

    def test_flash_tells_of_what_it_erases_too(self):
        content = image(2 * 4096)
        flash = Flash(content, 0, 2 * 4096)
        flash.observer = self.log.part(FLASH)
        flash.ioctl(ERASE, 1)
        flash.writeblocks(1, b"new", 32)
        expected = [(FLASH, 0, 4096, 5, b"\xff" * 4096), (FLASH, 0, 4128, 5, b"new")]
        self.assertEqual(entries(self.file.getvalue()), expected)
        self.assertEqual(content.getvalue()[4096 : 4096 + 40], b"\xff" * 32 + b"new" + b"\xff" * 5)


if __name__ == "__main__":
    unittest.main()
