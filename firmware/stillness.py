# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Tells from the sizes of JPEG frames alone when the scene stands still; then one frame a second is enough.

    stillness = Stillness()
    if stillness.wants(len(frame), stamp_ms):
        ...

A picture of the same scene has the same size but for the sensor's noise: a few thousandths, measured with a modelled noise. What moves,
or a wearer who turns, changes it more within a second or two. Looking at pixels would cost a decoder that no microcontroller has time
for; a moment in which everything moves and the size stays within the band is cut short to one frame a second, and never missed.
"""

from firmware.compat import const

STILL = "still"  # the cause of the gaps
BAND_SHIFT = const(7)  # sizes within 1/128 of each other, 0.8 %, are those of one scene
SETTLE_MS = const(5_000)  # so long the band must hold: a slow turn leaves it before
EVERY_MS = const(1_000)  # of a still scene one frame in so long is kept


class Stillness:
    """Integers only: nothing is allocated for a frame."""

    def __init__(self):
        self.restart()

    def restart(self):
        """The camera starts: nothing is known of the scene."""
        self._low = self._high = 0
        self._since_ms = self._kept_ms = 0
        self.is_still = False

    def wants(self, size, now_ms):
        """Whether a frame of so many bytes is to be kept. The one that ends a stillness always is."""
        low, high = min(self._low, size), max(self._high, size)
        if high - low > high >> BAND_SHIFT:
            low, high, self._since_ms = size, size, now_ms
        self._low, self._high = low, high
        self.is_still = now_ms - self._since_ms >= SETTLE_MS
        if self.is_still and now_ms - self._kept_ms < EVERY_MS:
            return False
        self._kept_ms = now_ms
        return True
