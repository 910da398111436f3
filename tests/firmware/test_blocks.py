# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`segments get`: the bytes of a file as rows of base64, and what a program needs to trust them."""

import asyncio
import binascii
import os
import unittest

from console_driver import Listener, do
from fake_app import FakeApp, FakeStore, Named, Talk
from folders import Folder

from firmware.compat import hexlify
from firmware.console import blocks
from firmware.console.errors import CommandError

DATA = bytes([n * n // 7 % 251 for n in range(40_000)])


class Get(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.app = FakeApp()
        self.app.store = FakeStore([(7, 1, "stored", len(DATA)), (7, 2, "open", 0)])
        self.app.store.path = lambda boot, segment: "%s/%d" % (self.folder.path, segment)
        self.app.store.infos[7, 1] = Named(hashed=True, sha256=b"\xab" * 32)
        for segment in (1, 2):
            with open(self.app.store.path(7, segment), "wb") as file:
                file.write(DATA)

    def tearDown(self):
        self.folder.remove()

    def get(self, line):
        terminal = Listener()
        result = do("segments get " + line, self.app, terminal)[0]
        return result, b"".join([binascii.a2b_base64(row) for row in terminal.rows])

    def test_what_it_is(self):
        facts = [self.get(name)[0] for name in ("7/1", "7/2")]
        expected = {"boot": 7, "segment": 1, "state": "stored", "size": 40_000, "sha256": "ab" * 32}
        self.assertEqual(facts, [expected, dict(expected, segment=2, state="open", sha256=None)])

    def test_blocks_make_the_whole(self):
        whole = b""
        while len(whole) < len(DATA):
            result, data = self.get("7/1 %d" % len(whole))
            self.assertEqual((result["offset"], result["length"], int(result["crc32"], 16)), (len(whole), len(data), binascii.crc32(data)))
            whole += data
        self.assertEqual(hexlify(whole), hexlify(DATA))

    def test_any_stretch(self):
        for offset, length in ((0, 1), (39_999, 5), (1535, 2), (12, 1536), (100, 16_384), (40_000, 1)):
            self.assertEqual(self.get("7/1 %d %d" % (offset, length))[1], DATA[offset : offset + length])

    def test_at_the_end_there_is_nothing(self):
        result, data = self.get("7/1 40000")
        self.assertEqual((result["length"], result["crc32"], data), (0, "00000000", b""))

    def test_what_is_refused(self):
        for line in ("", "7/9", "7", "x/1", "7/1 -1", "7/1 40001", "7/1 0 0", "7/1 0 16385", "7/1 0 1 1", "7/1 0x10"):
            with self.assertRaises(CommandError):
                do("segments get " + line, self.app)

    def test_a_file_that_is_gone_is_an_error_in_words(self):
        os.remove(self.app.store.path(7, 1))
        talk = Talk([b"segments get 7/1 0\r", 20], self.app)
        self.assertEqual(talk.rows[-3:-1], ["A file is missing on the card.", "  Type reboot: the journal is checked at start."])

    def test_ctrl_c_breaks_it_off(self):
        talk = Talk([b"segments get 7/1 0\r", 20, b"\x03", 20], self.app)
        self.assertEqual(talk.rows[-2:], ["Stopped.", "daylog>"])


class Heap(unittest.TestCase):
    """With little memory left a block waits for the recorder to collect, and does not wait for ever."""

    def setUp(self):
        self.before = blocks.free_bytes, blocks.collect
        self.free, self.collected = [], []
        blocks.free_bytes, blocks.collect = lambda: self.free.pop(0), lambda: self.collected.append(1)

    def tearDown(self):
        blocks.free_bytes, blocks.collect = self.before

    def spare(self, quiet_ms, free, limit_ms=1000):
        self.free += free
        asyncio.run(blocks.spare_the_heap(Named(quiet_ms=lambda: quiet_ms), limit_ms))
        return len(self.free), len(self.collected)

    def test_enough(self):
        self.assertEqual(self.spare(0, [1 << 20]), (0, 0))

    def test_the_recorder_collects(self):
        self.assertEqual(self.spare(0, [0, 0, 1 << 20]), (0, 0))

    def test_nobody_records(self):
        self.assertEqual(self.spare(60_000, [0]), (0, 1))

    def test_a_small_heap(self):
        self.assertEqual(self.spare(0, [0] * 3, 300), (0, 0))


if __name__ == "__main__":
    unittest.main()
