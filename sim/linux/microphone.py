# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that listens: it hears what sim/device/clicks.py says.

What it writes goes through a pipe of the real system, which has the size that the HAL gave it; what finds no room there is lost.
"""

import os

from sim.device.clicks import samples_by, write_samples
from sim.device.clock import Clock

PERIOD_US = 20_000  # as arecord is told
STARTING_US = 120_000  # until ALSA gives the first samples (estimate)
_KILLED = -9


class Microphone:
    """`ppm`: by how much it takes its samples too fast."""

    def __init__(self, rate_hz: int, clock: Clock, ppm: int) -> None:
        reading, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        self.stdout = open(reading, "rb", buffering=0)
        self.returncode: int | None = None
        self._clock, self._rate_hz, self._ppm = clock, rate_hz, ppm
        self._taken = self._count(clock.now_us + STARTING_US)
        self._alarm = clock.at(clock.now_us + STARTING_US + PERIOD_US, self._give)

    def _count(self, at_us: int) -> int:
        """Samples since the world began."""
        return samples_by(at_us, self._rate_hz, self._ppm)

    def _give(self) -> None:
        before, self._taken = self._taken, self._count(self._clock.now_us)
        samples = memoryview(bytearray(2 * (self._taken - before)))
        write_samples(samples, before, self._rate_hz, self._ppm)
        try:
            os.write(self._pipe, samples)
        except BlockingIOError:  # an overrun
            pass
        self._alarm = self._clock.at(self._clock.now_us + PERIOD_US, self._give)

    def kill(self) -> None:
        if self.returncode is None:
            self._clock.cancel(self._alarm)
            os.close(self._pipe)
            self.returncode = _KILLED

    def wait(self, timeout: float | None = None) -> int | None:
        return self.returncode
