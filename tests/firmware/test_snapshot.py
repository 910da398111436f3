# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The next frame is found where the recording has put it."""

import asyncio
import struct
import unittest

from console_driver import do
from fake_app import FakeApp, FakeStore
from folders import Folder

from firmware import channels, snapshot
from firmware.chunk import ChunkBuffer
from firmware.console.errors import CommandError
from firmware.segment import SegmentWriter


def jpeg(width, height, size):
    head = b"\xff\xd8" + b"\xff\xe0\x00\x04AB" + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width)
    return head + b"\x55" * (size - len(head) - 2) + b"\xff\xd9"


FRAMES = (jpeg(320, 240, 900), jpeg(320, 240, 1200), b"no picture" + bytes(50))


class Snap(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.app = FakeApp()
        self.path = self.folder.path + "/segment"
        self.app.store = FakeStore([])
        self.app.store.path = lambda boot, segment: self.path
        self.file = open(self.path, "w+b")
        self.writer = SegmentWriter(self.file, [("device", "cam")], 1 << 20, 1 << 20, 3)
        self.app.recorder.newest_chunk = self.next_chunk
        self.sequence = 120
        self.chunks = 0

    def tearDown(self):
        self.file.close()
        self.folder.remove()

    def next_chunk(self):
        """Each look finds one more: first frames from before the command, then those after it."""
        chunk = ChunkBuffer(65536, b"cam")
        chunk.begin(7, 0)
        chunk.add_json(channels.EVENTS, 1, b'{"kind": "test"}')
        for frame in FRAMES:
            self.sequence += 1
            chunk.add_frame(memoryview(frame), self.sequence, self.sequence * 100)
        self.writer.put(chunk)
        while self.writer.step():
            pass
        self.writer.commit()
        self.chunks += 1
        return 7, 3, self.writer.durable_at

    def snap(self, after):
        self.app.recorder.sequence = after
        return asyncio.run(snapshot.take(self.app, 10_000))

    def test_the_first_after_the_command(self):
        for after, chunks, sequence, frame in ((120, 1, 121, 0), (124, 2, 125, 1), (131, 4, 132, 2)):
            picture = self.snap(after)
            with open(self.path, "rb") as file:
                file.seek(picture.offset)
                data = file.read(picture.size)
            found = self.chunks, picture.sequence, data == FRAMES[frame]
            self.assertEqual(found, (chunks, sequence, True))

    def test_what_it_is(self):
        found = [(picture.width, picture.height, picture.is_whole) for picture in (self.snap(120), self.snap(125))]
        self.assertEqual(found, [(320, 240, True), (0, 0, False)])

    def test_the_command_tells_where_it_is(self):
        self.app.recorder.sequence = 120
        result, text = do("camera snap", self.app)
        self.assertEqual([result[key] for key in ("boot", "segment", "size", "sequence", "whole")], [7, 3, 900, 121, True])
        self.assertEqual(text.split("\n")[0], "picture  320x240, 900 bytes")

    def test_none_came(self):
        self.app.recorder.newest_chunk = lambda: None
        self.assertEqual(asyncio.run(snapshot.take(self.app, 100)), None)

    def test_none_comes_while_paused(self):
        self.app.recorder.state = "paused"
        with self.assertRaises(CommandError) as caught:
            do("camera snap", self.app)
        self.assertEqual(caught.exception.hint, "Type resume first.")


class Size(unittest.TestCase):
    def test_of_what_is_cut_or_none(self):
        heads = (b"", b"\xff\xd8", jpeg(320, 240, 900)[:15], jpeg(320, 240, 900)[:17], b"\xff\xd8" + b"\xff" * 50, bytes(40))
        self.assertEqual([snapshot.jpeg_size(head) for head in heads], [(0, 0)] * 3 + [(320, 240)] + [(0, 0)] * 2)


if __name__ == "__main__":
    unittest.main()
