# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When the next frame is due, which frames were missed, and what time each one gets.

The camera's API gives no timestamp and no count. What it gives is availability: a frame that was
not there at one look and is there at the next, a moment later, arrived in between ("fresh"). Between two
fresh frames the clock says how many there must have been; what is lacking was lost in the driver's buffers.
"""

LOOK_AGAIN_MS = 2
LOOKS_A_PERIOD = 500  # at most; a picture a minute need not be waited for so closely
CREEP_MS = 5
MOST_WAITING = 2  # frames that can wait in a driver's buffers


def rate(profile):
    """Frames a second of a capture profile: those of its sensor, unless it takes one each `every_s`."""
    every_s = profile.get("every_s")
    return round(1 / every_s, 4) if every_s else profile["fps"]


def kb_per_s(profiles, name):
    """What is expected of a profile, with all that is recorded beside its camera."""
    recorded = [profiles[each] for each in [name] + list(profiles[name].get("beside", ()))]
    return sum([rate(profile) * profile["expected_kb_per_frame"] for profile in recorded])


def period_us(profile):
    every_s = profile.get("every_s")
    return every_s * 1_000_000 if every_s else 1_000_000 // profile["fps"]


class Cadence:
    def __init__(self, period_us):
        self._period_us = period_us
        self._again_ms = max(LOOK_AGAIN_MS, period_us // (1000 * LOOKS_A_PERIOD))
        self._moment_ms = max(self._again_ms, period_us // 4000)  # looks further apart do not tell when a frame arrived
        self.stamp_ms = self.missed = self.since_ms = 0
        self.restart(0)

    def restart(self, now_ms):
        """The camera starts, or starts again after a pause: nothing is owed."""
        self.due_ms = self._begun_ms = now_ms
        self._looked_ms = None
        self._fresh_ms = None
        self._since_fresh = 0
        self._last_ms = 0

    def wait(self, now_ms):
        """No frame yet: look again soon."""
        self._looked_ms = now_ms
        self.due_ms = now_ms + self._again_ms

    def skip(self, frames, now_ms):
        """Nobody has looked for long; what was waiting was thrown away. It is not missed, and the next frame is yet to come."""
        self._since_fresh += frames
        self._last_ms = now_ms

    def overdue_ms(self, now_ms):
        """For how long a frame should have come."""
        return now_ms - (self._last_ms or self._begun_ms) - self._period_us // 1000

    def arrived(self, now_ms):
        """A frame was taken. Leaves its time in `stamp_ms`, and in `missed` how many were lost since `since_ms`.

        Attributes, not a tuple: nothing is allocated for a frame.
        """
        self._since_fresh += 1
        self.missed = 0
        if self._looked_ms is not None and now_ms - self._looked_ms <= self._moment_ms:
            self.stamp_ms, self.missed, self.since_ms = now_ms, self._missed(now_ms), self._fresh_ms
            self._fresh_ms, self._since_fresh = now_ms, 0
        else:  # it waited in the driver's buffer: one period after the one before, and not in the future
            self._count_sure_losses(now_ms)
            self.stamp_ms = self._next_stamp(now_ms)
        self._looked_ms = None
        self._last_ms = self.stamp_ms
        # One millisecond early, so that the next frame is seen to arrive.
        self.due_ms = self.stamp_ms + self._period_us // 1000 - 1

    def _missed(self, now_ms):
        if self._fresh_ms is None:
            return 0
        periods = ((now_ms - self._fresh_ms) * 1000 + self._period_us // 2) // self._period_us
        return max(0, periods - self._since_fresh)

    def _count_sure_losses(self, now_ms):
        """While the card is so slow that no frame is ever fresh: what neither came nor can be waiting is lost."""
        if self._fresh_ms is None:
            self._fresh_ms, self._since_fresh = now_ms, 0
        periods = (now_ms - self._fresh_ms) * 1000 // self._period_us
        self.missed = max(0, periods - self._since_fresh - MOST_WAITING)
        self.since_ms = self._fresh_ms
        self._since_fresh += self.missed

    def _next_stamp(self, now_ms):
        """One period on. A little less when the look was in time and the frame was there at once, so that looks
        creep towards the moment of arrival until a frame is fresh again."""
        if not self._last_ms:
            return now_ms
        expected_ms = self._last_ms + (1 + self.missed) * self._period_us // 1000
        in_time = self._looked_ms is None and now_ms <= expected_ms + self._moment_ms
        return min(now_ms, expected_ms - CREEP_MS if in_time else expected_ms)
