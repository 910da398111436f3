# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is missing of the pictures, from when to when, and why; a gap is written down when pictures go on.

gaps = Gaps(notes, keeper, health)
gaps.lost("overflow", 3, from_ms, to_ms)   # frames that were counted
gaps.open("paused", from_ms, now_ms)       # a stretch of a length that nobody knows yet
gaps.close(now_ms)                         # footage goes on

Those of the camera are also those of the whole recording: they bear no name.
"""

from firmware import channels


class Gaps:
    """`stream`: whose, if it is not the camera."""

    def __init__(self, notes, keeper, health, stream=""):
        self._notes, self._keeper, self._health, self._stream = notes, keeper, health, stream
        self._counter = stream + "_dropped_" if stream else "dropped_"
        self._gap = None  # [cause, frames, from_ms, to_ms] of the losses not yet written down

    def is_open(self):
        """Whether something is lost that is not written down yet."""
        return self._gap is not None

    def lost(self, cause, frames, from_ms, to_ms):
        """Count frames that were lost and open, or lengthen, the gap that will say so."""
        gap = self._gap
        if gap is not None and gap[1] is None:
            gap[3] = to_ms
            return self._health.count(self._counter + gap[0], frames)  # in a stretch of which the length is not known yet
        self._health.count(self._counter + cause, frames)
        if gap is not None and gap[0] == cause:
            gap[1] += frames
            gap[3] = to_ms
            return
        self.close(from_ms)
        self._gap = [cause, frames, from_ms, to_ms]

    def open(self, cause, from_ms, now_ms):
        """Begin a stretch without footage; one that has begun already goes on."""
        self._settle()
        if self._gap is None:
            self._gap = [cause, None, from_ms, now_ms]

    def _settle(self):
        """Losses that were counted need no further frame to be told."""
        if self._gap is not None and self._gap[1]:
            self.close(self._gap[3])

    def close(self, now_ms):
        """A frame was taken. Losses that were counted ended with the last of them."""
        if self._gap is None:
            return
        cause, frames, from_ms, to_ms = self._gap
        self._gap = None
        end_ms = to_ms if frames else now_ms
        gap = {"cause": cause, "frames": frames, "from_uptime_ms": from_ms, "to_uptime_ms": end_ms, "boot": self._keeper.boot}
        if self._stream:
            gap["stream"] = self._stream
        self._notes.add(channels.GAPS, gap)
