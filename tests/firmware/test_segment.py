# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import binascii
import hashlib
import io
import struct
import unittest

from firmware import channels, mcap
from firmware.chunk import ChunkBuffer
from firmware.segment import SegmentWriter

DEVICE = b"daylog-test"


def jpeg(n, size=3000):
    return b"\xff\xd8" + bytes([n % 251]) * (size - 4) + b"\xff\xd9"


class Kept(io.BytesIO):
    """A file whose content outlives its close."""

    def close(self):
        self.content = self.getvalue()


def write_segment(frames, part_bytes=1 << 20, limit_bytes=1 << 24):
    file = Kept()
    writer = SegmentWriter(file, [("boot", "7")], part_bytes, limit_bytes, 3)
    chunk = ChunkBuffer(65536, DEVICE)
    chunk.begin(7, 1_000_000)
    for n in range(frames):
        if not chunk.add_frame(memoryview(jpeg(n)), n + 1, 100 * n):
            writer.put(chunk)
            while writer.step():
                pass
            writer.commit()
            chunk.begin(7, 1_000_000)
            chunk.add_frame(memoryview(jpeg(n)), n + 1, 100 * n)
    chunk.add_json(channels.GAPS, 100 * frames, b'{"cause":"test"}')
    writer.put(chunk)
    return file, writer.close()


def walk(data):
    """Opcodes and offsets of the top-level records."""
    at, found = len(mcap.MAGIC), []
    while at < len(data) - len(mcap.MAGIC):
        opcode, size = struct.unpack("<BQ", data[at : at + 9])
        found.append((opcode, at))
        at += 9 + size
    return found


class SegmentTest(unittest.TestCase):
    def test_it_is_full_before_its_summary_has_to_grow(self):
        writer = SegmentWriter(Kept(), [("boot", "7"), ("sound_hz", "16000")], 1 << 20, 1 << 24, 3)
        before, chunks = len(writer.summary.encode(0)), 0
        chunk = ChunkBuffer(32768, DEVICE)
        while writer.has_room(0):
            chunk.begin(7, 0)
            for channel in range(1, channels.COUNT + 1):
                chunk.add_json(channel, chunks, b"{}")
            writer.put(chunk)
            chunks += 1
        self.assertTrue(200 < chunks < 400, chunks)
        self.assertTrue(len(writer.summary.encode(0)) - before < mcap.SUMMARY_BYTES)

    def test_the_end_of_a_segment_is_made_in_a_buffer_that_is_used_again(self):
        buffer = bytearray(mcap.SUMMARY_BYTES)
        first, second = Kept(), Kept()
        for file in (first, second):
            SegmentWriter(file, [("boot", "7")], 1 << 20, 1 << 24, 3, buffer).close()
        alone = Kept()
        SegmentWriter(alone, [("boot", "7")], 1 << 20, 1 << 24, 3).close()
        self.assertEqual([first.content, second.content], [alone.content] * 2)

    def test_hashes_are_those_of_the_file(self):
        for part_bytes, limit in ((1 << 24, 1 << 24), (100_000, 1 << 24), (1 << 20, 1 << 24)):
            file, result = write_segment(120, part_bytes, limit)
            data = file.content
            parts = [data[i : i + part_bytes] for i in range(0, len(data), part_bytes)]
            self.assertEqual(result.sha256, hashlib.sha256(data).digest())
            self.assertEqual(result.parts, [(hashlib.sha256(p).digest(), hashlib.md5(p).digest()) for p in parts])
            self.assertEqual(result.size, len(data))

    def test_every_identity_starts_a_sector_and_tells_where_it_is(self):
        file, _ = write_segment(120)
        data = file.content
        found = [at for opcode, at in walk(data) if opcode == mcap.IDENTITY]
        told = [struct.unpack("<8sHH16sIIIQII", data[at + 9 : at + 65]) for at in found]
        self.assertTrue(len(found) > 3)
        self.assertEqual([at % 512 for at in found], [0] * len(found))
        self.assertEqual([(t[4], t[5], t[6], t[7]) for t in told], [(7, 3, n, at) for n, at in enumerate(found)])
        self.assertEqual([t[9] for t in told], [binascii.crc32(data[at + 9 : at + 61]) for at in found])

    def test_a_frame_too_large_is_refused_and_the_largest_fits(self):
        chunk = ChunkBuffer(65536, DEVICE)
        chunk.begin(1, 0)
        largest = chunk.largest_frame()
        self.assertFalse(chunk.add_frame(bytes(largest + 1), 1, 0))
        self.assertTrue(chunk.add_frame(bytes(largest), 1, 0))

    def test_a_full_card_is_an_error(self):
        class Full(io.BytesIO):
            def write(self, data):
                return 0

        with self.assertRaises(OSError):
            SegmentWriter(Full(), [], 1 << 20, 1 << 20, 1)


if __name__ == "__main__":
    unittest.main()
