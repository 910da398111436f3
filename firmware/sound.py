# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the microphone hears, block by block, each with the time of its first sample.

    sound = Sound(board.microphone, roll, keeper, health)
    sound.use(True)
    sound.take(now_ms)            # often, while there are pictures: what waits goes into the filling chunk
    sound.stop()                  # when there are none

A recording without sound is worth more than none: whatever the microphone does, the pictures go on.
"""

from firmware.backoff import Backoff
from firmware.compat import const

BLOCK_MS = const(100)
TAKE_MS = const(40)  # between two takes: the microphone's own buffer holds much more
LOST_MS = const(150)  # samples that are later than that were lost; buffers and tasks delay them by less
FIRST_RETRY_MS = const(1000)
LONGEST_RETRY_MS = const(60_000)
SILENT_MS = const(3000)  # a microphone hears something even where there is nothing to be heard
ETIMEDOUT = const(110)
FAILED = "nothing is heard, only seen: the microphone has failed: %s"


class SampleClock:
    """The uptime of each sample, by their number and by when they came.

    A sample comes late, by the microphone's buffers and by whoever keeps the interpreter busy, but never early; so the earliest
    ones tell the time. Crystals differ: while samples come later than expected, a second of them may last a thousandth longer.
    All numbers stay small, however long it runs.
    """

    def __init__(self, rate_hz, samples, now_ms):
        """The first samples have come just now."""
        self._rate_hz = rate_hz
        self._since_ms, self._samples = now_ms - samples * 1000 // rate_hz, 0
        self._is_late = False  # since the last full second

    def next_ms(self):
        """The uptime of the sample that will be counted next."""
        return self._since_ms + self._samples * 1000 // self._rate_hz

    def count(self, samples):
        self._samples += samples
        while self._samples >= self._rate_hz:
            self._samples -= self._rate_hz
            self._since_ms += 1001 if self._is_late else 1000
            self._is_late = True

    def drained(self, now_ms):
        """All that had come by now is counted. Returns for how many milliseconds samples are missing."""
        late_ms = now_ms - self.next_ms()
        if 0 < late_ms <= LOST_MS:
            return 0
        self._is_late = False
        self._since_ms += late_ms
        return max(0, late_ms)


class Sound:
    """`microphone` is None on a board that has none, which then is silent, and nothing is said of it."""

    def __init__(self, microphone, roll, keeper, health):
        self._microphone, self._roll, self._keeper, self._health = microphone, roll, keeper, health
        self.is_wanted = False
        self.rate_hz = 0  # 0: nothing is to be heard
        self._block = memoryview(b"")
        self._used = 0  # bytes of the block
        self._from_ms = 0  # when its first sample was taken
        self._clock = None  # until something has been heard
        self._is_open = False
        self._heard_ms = 0
        self._retry = Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS)
        self._due_ms = 0

    def use(self, is_wanted):
        """Whether it is to be heard from now on; only while it is stopped."""
        self.is_wanted = is_wanted
        self.rate_hz = self._microphone.rate_hz if self._microphone and is_wanted else 0
        self._block = memoryview(bytearray(2 * (self.rate_hz * BLOCK_MS // 1000)))

    def take(self, now_ms):
        """Put what waits into the filling chunk; starts the microphone when it is time. Raises OSError of the card only."""
        if not self.rate_hz or now_ms < self._due_ms:
            return
        self._due_ms = now_ms + TAKE_MS
        if self._is_open or self._start():
            while self._hear():
                pass

    def stop(self):
        """The pictures stop, and so does the sound; what was heard is put in. Raises OSError of the card only."""
        self._close()
        self._put()

    def forget(self):
        """The same, but the card has failed."""
        self._close()
        self._used = 0

    # -- the microphone -------------------------------------------------------------------

    def _start(self):
        try:
            self._microphone.open()
        except OSError as error:
            return self._failed(error)
        self._is_open, self._heard_ms = True, self._keeper.uptime_ms()
        return True

    def _close(self):
        if self._is_open:
            self._microphone.close()
        self._is_open, self._clock, self._due_ms = False, None, 0

    def _hear(self):
        """Fill the block with what waits; returns whether more may wait."""
        room = self._block[self._used :]
        try:
            size = self._microphone.readinto(room)
        except OSError as error:
            return self._failed(error)
        now_ms = self._keeper.uptime_ms()
        if size:
            self._heard_ms = now_ms
            self._count(size, now_ms)
        elif now_ms - self._heard_ms > SILENT_MS:
            return self._failed(OSError(ETIMEDOUT, "it sends nothing"))
        if size == len(room):
            self._put()
            return True
        if self._clock:
            self._lost(self._clock.drained(now_ms))
        return False

    def _count(self, size, now_ms):
        if self._clock is None:  # it works
            self._clock = SampleClock(self.rate_hz, size // 2, now_ms)
            self._retry.reset()
            self._health.clear_problem("microphone")
        if not self._used:
            self._from_ms = self._clock.next_ms()
        self._used += size
        self._clock.count(size // 2)

    def _put(self):
        if self._used:
            used, self._used = self._used, 0
            self._roll.add_sound(self._block[:used], self.rate_hz, self._from_ms)

    def _lost(self, missing_ms):
        """Nobody has listened for longer than the microphone's buffer lasts, or it has stood still."""
        if missing_ms:
            self._health.count("lost_sound_ms", missing_ms)

    def _failed(self, error):
        self._health.set_problem("microphone", FAILED % error.args[-1])
        self._close()
        self._due_ms = self._keeper.uptime_ms() + self._retry.next_ms()
        return False
