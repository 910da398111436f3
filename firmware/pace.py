# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When to look for the next frame of a stream, and what time it gets.

Its encoder sets the pace and leaves nothing out: what is not taken at once waits, and the port knows for how long it has. So there
is nothing to infer here, as there is for a sensor (cadence.py, which this stands in for).
"""

from firmware.compat import const

LOOK_AGAIN_MS = const(2)


class Pace:
    """Times only grow: frames that came at once are a millisecond apart."""

    missed = since_ms = 0

    def __init__(self, camera, period_us):
        self._camera = camera
        self._period_ms = period_us // 1000
        self.restart(0)

    def restart(self, now_ms):
        """The encoder starts."""
        self.due_ms = self.stamp_ms = now_ms

    def wait(self, now_ms):
        """No frame yet: look again soon."""
        self.due_ms = now_ms + LOOK_AGAIN_MS

    def overdue_ms(self, now_ms):
        """For how long a frame should have come."""
        return now_ms - self.stamp_ms - self._period_ms

    def arrived(self, now_ms):
        """A frame was taken; leaves its time in `stamp_ms`. That a frame is whole is known when the next one begins."""
        self.stamp_ms = max(now_ms - self._camera.waited_ms(), self.stamp_ms + 1)
        self.due_ms = self.stamp_ms + 2 * self._period_ms - LOOK_AGAIN_MS
