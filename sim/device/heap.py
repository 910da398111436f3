# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Gives the firmware the board's heap and no more, and watches how much of it is used.

The simulation lives in the same heap. What it keeps is taken before, and so are the holes between: a board's heap is in one piece when it
starts. What the simulation allocates for a frame is counted as the firmware's, and is next to nothing.
"""

import gc
from array import array

SAMPLE_US = 5_000_000
RARELY_US = 60_000_000  # later in a boot: each look walks over the whole heap
_SAMPLES = 64
_LARGEST_HOLE, _SMALLEST_HOLE, _BLOCK = 1 << 20, 128, 32


def _all_but(limit):
    """What to hold on to, so that `limit` bytes are free, and those in one piece."""
    gc.collect()
    gc.disable()  # else each attempt that fails would look through the whole heap
    piece, ballast, chain = bytearray(limit), [], None
    size = _LARGEST_HOLE
    while size >= _SMALLEST_HOLE:
        try:
            ballast.append(bytearray(size))
        except MemoryError:
            size //= 2
    try:
        while True:  # the smallest holes, each with the smallest thing that holds on to another
            chain = (chain,)
    except MemoryError:
        pass
    del piece
    gc.enable()
    gc.collect()
    return ballast, chain, bytearray(gc.mem_free() - limit + _BLOCK)  # which takes whole blocks


class Heap:
    """`limit` bytes for the firmware from now on. MemoryError if the interpreter was started with too few."""

    def __init__(self, limit, clock, frames):
        self._samples = array("i", bytes(4 * _SAMPLES))  # the last growths per frame
        self._count = 0
        self._clock, self._frames = clock, frames
        self._ballast = _all_but(limit)
        self.limit = gc.mem_free()
        self.peak = self._used = self._frames_then = 0
        self._sample()

    def _sample(self):
        used, frames = self.limit - gc.mem_free(), self._frames()
        self.peak = max(self.peak, used)
        if used > self._used and frames > self._frames_then > 0:
            self._samples[self._count % _SAMPLES] = (used - self._used) // (frames - self._frames_then)
            self._count += 1
        self._used, self._frames_then = used, frames
        self._clock.at(self._clock.now_us + (SAMPLE_US if self._count < _SAMPLES else RARELY_US), self._sample)

    def per_frame(self):
        """Bytes a frame costs: the median growth between two looks, so that a collection in one does not matter."""
        known = sorted(self._samples[: min(self._count, _SAMPLES)])
        return known[len(known) // 2] if known else None

    def report(self):
        return {"limit": self.limit, "peak": self.peak, "per_frame": self.per_frame()}
