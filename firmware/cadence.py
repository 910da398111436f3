# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When the next frame is due, which frames were missed, and what time each one gets.

The camera's API gives no timestamp and no count. What it gives is availability: a frame that was
not there at one look and is there at the next arrived in between ("fresh"). Between two fresh
frames the clock says how many there must have been; what is lacking was lost in the driver's buffers.
"""

LOOK_AGAIN_MS = 2


class Cadence:
    def __init__(self, fps):
        self._period_us = 1_000_000 // fps
        self.restart(0)

    def restart(self, now_ms):
        """The camera starts, or starts again after a pause: nothing is owed."""
        self.due_ms = now_ms
        self._waited = False
        self._fresh_ms = None
        self._since_fresh = 0
        self._last_ms = 0

    def wait(self, now_ms):
        """No frame yet: look again soon."""
        self._waited = True
        self.due_ms = now_ms + LOOK_AGAIN_MS

    def overdue_ms(self, now_ms):
        """How long ago the next frame should have come."""
        return now_ms - self._last_ms if self._fresh_ms is not None else 0

    def arrived(self, now_ms):
        """A frame was taken. Returns (its time, frames missed before it)."""
        period_us = self._period_us
        missed, stamp_ms = 0, now_ms
        self._since_fresh += 1
        if self._waited or self._fresh_ms is None:
            if self._fresh_ms is not None:
                spans = ((now_ms - self._fresh_ms) * 1000 + period_us // 2) // period_us
                missed = max(0, spans - self._since_fresh)
            self._fresh_ms, self._since_fresh = now_ms, 0
        else:  # it waited in the driver's buffer: one period after the one before, and not in the future
            stamp_ms = min(now_ms, self._last_ms + period_us // 1000)
        self._waited = False
        self._last_ms = stamp_ms
        # One millisecond early, so that the next frame is seen to arrive.
        self.due_ms = stamp_ms + period_us // 1000 - 1
        return stamp_ms, missed
