# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One more stream of pictures, recorded beside the camera's into a channel of its own: a screen, or a second camera.

    track = Track("screen", source, profile, roll, notes, keeper, health)
    track.use(channels.FIRST_BESIDE)
    track.take(now_ms, is_over)   # often: what waits goes into the filling chunk
    track.cut()                   # what comes next goes into another segment
    track.stop(now_ms)            # recording stops

In each segment it begins with a keyframe. So once the segment is over it lets its next keyframe wait, and all that follows that, where
it is, until the camera begins the next segment. Whatever a track does, the camera's pictures go on.
"""

from firmware.backoff import Backoff
from firmware.compat import const
from firmware.gaps import Gaps
from firmware.pace import Pace

FIRST_RETRY_MS = const(1000)
LONGEST_RETRY_MS = const(30_000)
STOPPED, NO_KEYFRAME, TOO_LARGE = "camera", "no_keyframe", "too_large"  # causes of gaps, as the camera has them
FAILED = "%s is not recorded: %s"


class Track:
    """`source` is a Camera of the contract, `profile` what it is opened with; `sequence` counts its frames since boot."""

    def __init__(self, name, source, profile, roll, notes, keeper, health):
        self.name, self.fps, self.sequence = name, profile["fps"], 0
        self._source, self._profile, self._roll, self._keeper, self._health = source, profile, roll, keeper, health
        self._gaps = Gaps(notes, keeper, health, name)
        self._pace = Pace(source, 1_000_000 // self.fps)
        self._retry = Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS)
        self._retry_at_ms = 0
        self._channel = 0
        self._is_open = self._holds = False
        self._is_broken = True  # what comes can only be decoded from the next keyframe on

    def use(self, channel):
        """Its frames go into this channel of the segments to come."""
        self._channel = channel

    # -- segments --------------------------------------------------------------------

    def is_ready(self):
        """Whether the next segment can begin without a loss: a keyframe waits for it, or nothing comes anyway."""
        return self._holds or self._is_broken or not self._is_open

    def held_ms(self):
        """For how long the keyframe has waited."""
        return self._source.waited_ms() if self._holds else 0

    def cut(self):
        """Another segment has begun."""
        self._is_broken, self._holds = not self._holds, False

    # -- frames ----------------------------------------------------------------------

    def take(self, now_ms, is_over=False):
        """Copy what waits, up to a keyframe if the segment is over; start the source when it is time. Raises OSError of the card only."""
        if now_ms >= self._retry_at_ms and (self._is_open or self._start()):
            while not self._holds and self._has_frame(now_ms):
                self._holds = is_over and self._source.keyframe() and not self._is_broken
                if not self._holds:
                    self._take()

    def _has_frame(self, now_ms):
        try:
            if self._source.available() and self._source.capture() is not None:
                return True
        except OSError as error:
            self._failed(error, now_ms)
        return False

    def _take(self):
        source, pace = self._source, self._pace
        pace.arrived(self._keeper.uptime_ms())
        self.sequence += 1
        if source.keyframe():
            self._is_broken = False
            self._works()
        if self._is_broken:
            self._gaps.lost(NO_KEYFRAME, 1, pace.stamp_ms, pace.stamp_ms)
        else:
            self._put(source.capture(), pace.stamp_ms)
        source.release()

    def _put(self, frame, stamp_ms):
        self._gaps.close(stamp_ms)
        if not self._roll.add(frame, self.sequence, stamp_ms, self._channel):
            self._is_broken = True
            self._gaps.lost(TOO_LARGE, 1, stamp_ms, stamp_ms)

    # -- its source ------------------------------------------------------------------

    def _start(self):
        now_ms = self._keeper.uptime_ms()
        try:
            self._source.open(self._profile)
        except OSError as error:
            return self._failed(error, now_ms)
        self._is_open = self._is_broken = True
        self._pace.restart(max(now_ms, self._pace.stamp_ms))
        return True

    def _works(self):
        self._retry.reset()
        self._health.clear_problem(self.name)

    def _failed(self, error, now_ms):
        self._health.set_problem(self.name, FAILED % (self.name, error.args[-1]))
        self.forget(STOPPED, now_ms)
        self._retry_at_ms = self._keeper.uptime_ms() + self._retry.next_ms()
        return False

    def _close(self):
        if self._is_open:
            self._source.close()
        self._is_open = self._holds = False
        self._is_broken = True

    def stop(self, now_ms):
        """Put what waits into the filling chunk, and let go of the source. Raises OSError of the card only."""
        self._holds = False
        if self._is_open:
            self.take(now_ms)
        self._close()
        self._gaps.close(now_ms)
        self._retry_at_ms = 0

    def forget(self, cause, now_ms):
        """What was not safe yet is gone."""
        self._close()
        self._gaps.open(cause, self._pace.stamp_ms or now_ms, now_ms)
