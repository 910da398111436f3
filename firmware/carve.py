# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a card whose file system is gone still holds footage: the board then leaves it alone and says so.

To put that footage together takes more memory and time than a recorder has: `daylog recover --carve` does it on a computer. Here only
samples are taken: every chunk begins with its identity at the beginning of a sector (docs/FORMAT.md), at most a
chunk's length after the one before, and cards are filled from their beginning.
"""

from firmware.compat import const

SECTOR = const(512)
SLICE_BYTES, SLICE_SECTORS = const(8192), const(16)
SLICES = const(48)  # of a sample: longer than most chunks
FIRST_SECTOR = const(8192)
IDENTITY = b"\x81\x38\0\0\0\0\0\0\0DAYLOGCK"  # opcode, length, magic


def probe(device):
    """Yield False after each slice of the card's time, or True, and end, when the beginning of a chunk is found.

    `device` is a CardGuard. Raises OSError from the card.
    """
    data = bytearray(SLICE_BYTES)
    for first in _samples(device.sectors - SLICES * SLICE_SECTORS):
        for i in range(SLICES):
            device.readblocks(first + i * SLICE_SECTORS, data)
            if holds_identity(data):
                yield True
                return
            yield False


def _samples(sectors):
    """Where samples begin: ever further apart, since what was written first lies at the beginning."""
    first = FIRST_SECTOR
    while first + first // 2 < sectors:
        yield first
        yield first + first // 2
        first *= 2


def holds_identity(data):
    """Whether a sector of this begins as a chunk does."""
    data = bytes(data)
    at = data.find(IDENTITY)
    while at >= 0:
        if at % SECTOR == 0:
            return True
        at = data.find(IDENTITY, at + 1)
    return False
