# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Blocks of sound, each with its own time, as one track without a break.

    track = Soundtrack(16000)
    samples = track.place(block, at_ms=1500)   # what is to follow in the film: silence, and the block

The crystal of a microphone and that of the recorder differ, by so little that a sample more or less in some hundreds, put in or left
out where nobody hears it, keeps the track in time. What is missing is silence.
"""

from array import array
from itertools import pairwise

HARD_MS = 30  # further from its time than that, a block is moved there at once
SOFT = 500  # one sample in so many may be put in or left out


class Soundtrack:
    """16-bit samples of one channel, little-endian, from film time 0 on."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.samples = 0  # placed so far

    def place(self, block: bytes, at_ms: int) -> bytes:
        """The samples that bring the track to the end of `block`, the first sample of which belongs at `at_ms`."""
        samples = array("h", block)
        late = at_ms * self.rate_hz // 1000 - self.samples
        if abs(late) * 1000 > HARD_MS * self.rate_hz:
            placed = array("h", bytes(2 * max(0, late))) + samples[max(0, -late) :]
        else:
            most = len(samples) // SOFT
            placed = stretched(samples, max(-most, min(most, late)))
        self.samples += len(placed)
        return placed.tobytes()


def stretched(samples: "array[int]", by: int) -> "array[int]":
    """With so many samples more, or fewer if it is negative, at even distances; one in four at most."""
    if not by:
        return samples
    step = len(samples) / (abs(by) + 1)
    cuts = [round(step * number) for number in range(abs(by) + 2)]
    out = array("h")
    for start, end in pairwise(cuts):
        out += samples[start:end]
        if end < len(samples):
            if by > 0:
                out.append((samples[end - 1] + samples[end]) // 2)
            else:
                out.pop()
    return out
