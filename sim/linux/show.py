# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What one stream of a simulated computer shows, whichever process encodes it: a reel that loops, and what is to go wrong with it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sim import reel
from sim.device.clock import Clock
from sim.linux.faults import Faults

Tell = Callable[["Unit"], None]


@dataclass
class Unit:
    """A frame as it left an encoder: its number over all boots, when it did, and which one of the reel it is, if it is still like that."""

    number: int
    at_us: int
    index: int
    data: bytes
    is_spoilt: bool

    @property
    def what(self) -> str:
        """Which bytes it has: its place in the reel, or else their hash."""
        return hashlib.sha256(self.data).hexdigest() if self.is_spoilt else str(self.index)


class Show:
    """`tell(unit)` hears of each frame whose end could be seen. `produced` counts over all boots. `reels`: the one that is played, and
    another with as many frames and keyframes in the same places."""

    def __init__(self, reels: list[reel.Reel], clock: Clock, faults: Faults, produced: int, tell: Tell) -> None:
        self.produced, self.frames, self.clock, self.faults, self.tell = produced, reels[0], clock, faults, tell
        self._reels, self._playing = reels, reels[0]

    def frame_us(self, since_us: int, number: int) -> int:
        """When the n-th frame of an encoder comes."""
        return since_us + (number + 1) * 1_000_000 // self.frames.about["fps"]

    def next_unit(self) -> Unit:
        number, self.produced = self.produced, self.produced + 1
        index, now_us = number % self.frames.frames, self.clock.now_us
        if index % self.frames.about["fps"] == 0:  # a keyframe
            self._playing = self._reels[self.faults.lasts("parameters", now_us)]
        whole = reel.stamped(self._playing.frame(index), number, self.frames.stamp)
        data = self.faults.spoilt(whole, now_us)
        return Unit(number, now_us, index, data, data != whole or self._playing is not self.frames)
