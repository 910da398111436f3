# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated world clicks at each full second: when that was heard tells how true a recording's clock of sound is."""

import struct

from host_tools.footage import Footage

SECOND_NS = 1_000_000_000
APART_NS = SECOND_NS // 2
LOUD = 5000

Sounds = list[tuple[int, int, bytes]]  # when, how many a second, samples of 16 bits


def recorded(footage: Footage) -> Sounds:
    return [(block.uptime_ns, block.rate_hz, block.samples) for s in footage.segments for block in s.sounds()]


def clicks_ns(sounds: Sounds) -> list[int]:
    """When each click begins."""
    found = [-SECOND_NS]
    for start_ns, rate_hz, samples in sounds:
        for number, (sample,) in enumerate(struct.iter_unpack("<h", samples)):
            at_ns = start_ns + number * SECOND_NS // rate_hz
            if abs(sample) > LOUD and at_ns - found[-1] > APART_NS:
                found.append(at_ns)
    return found[1:]


def wrong_ms(clicks: list[int]) -> list[float]:
    return [((at + APART_NS) % SECOND_NS - APART_NS) / 1e6 for at in clicks]
