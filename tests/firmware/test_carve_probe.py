# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Samples that tell whether a card without a file system holds footage."""

import unittest

from firmware import carve
from firmware.chunk import ChunkBuffer

SECTOR = 512


class Card:
    """Junk everywhere, but for a chunk that begins at some sectors."""

    sectors = 1 << 22  # 2 GiB

    def __init__(self, chunks):
        self.chunks, self.reads = chunks, 0

    def readblocks(self, sector, buffer):
        self.reads += 1
        for at in range(0, len(buffer), SECTOR):
            buffer[at : at + SECTOR] = CHUNK if sector + at // SECTOR in self.chunks else JUNK


def identity():
    chunk = ChunkBuffer(8192, b"device")
    chunk.begin(1, 0)
    chunk.add_json(2, 0, b"{}")
    chunk.seal(512, carve_summary(), 1)
    return bytes(chunk.view[:SECTOR])


def carve_summary():
    from firmware.segment import summary_of

    return summary_of([], b"")


CHUNK = identity()
JUNK = CHUNK[1:] + CHUNK[:1]  # the identity is there, but at no sector's beginning


def found(chunks):
    card = Card(chunks)
    return any(carve.probe(card)), card.reads


class ProbeTest(unittest.TestCase):
    def test_a_chunk_early_on_the_card_is_found_at_once(self):
        self.assertEqual([found({8192})[0], found({8192 + 700})[0], found({1 << 16})[0]], [True, True, True])
        self.assertEqual(found({8192})[1], 1)

    def test_what_only_looks_like_one_is_none(self):
        self.assertEqual(found(())[0], False)

    def test_the_samples_are_few(self):
        self.assertTrue(found(())[1] * carve.SLICE_BYTES < 10_000_000)
