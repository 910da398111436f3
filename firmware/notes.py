# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the recording says about itself besides footage: events, gaps, telemetry and clocks, until a chunk takes them.

notes = Notes(keeper, health)
notes.lost("overflow", 3, from_ms, to_ms)   # frames that were counted
notes.open_gap("paused", from_ms, now_ms)   # a stretch of a length that nobody knows yet
notes.close_gap(now_ms)                     # footage goes on
notes.put_into(chunk)                       # as many as fit; then either
notes.are_safe()                            # the chunk is durable, or
notes.take_back()                           # it is not, and never will be
"""

import json

from firmware import channels
from firmware.compat import const

MOST = const(64)  # what waits longer than that is left out; gaps and clocks never are


class Notes:
    def __init__(self, keeper, health):
        self._keeper, self._health = keeper, health
        self._waiting = []  # (channel, uptime_ms, bytes)
        self._given = []  # to the chunk that is not durable yet
        self._gap = None  # [cause, frames, from_ms, to_ms] of the losses not yet written down
        health.listeners.append(self._on_event)

    def add(self, channel, data, uptime_ms=None):
        """A JSON-able dict; `uptime_ms`: what it is dated, if not now."""
        self._waiting.append((channel, self._keeper.uptime_ms() if uptime_ms is None else uptime_ms, json.dumps(data).encode()))

    def add_if_room(self, channel, data, uptime_ms=None):
        if len(self._waiting) < MOST:
            self.add(channel, data, uptime_ms)

    def _on_event(self, uptime_ms, level, kind, text, data):
        event = {"level": level, "kind": kind, "text": text, "data": data, "uptime_ms": uptime_ms}
        self.add_if_room(channels.EVENTS, event, uptime_ms)

    # -- into the recording ----------------------------------------------------------------

    def put_into(self, chunk):
        while self._waiting and chunk.add_json(*self._waiting[0]):
            self._given.append(self._waiting.pop(0))

    def are_safe(self):
        self._given.clear()

    def take_back(self):
        self._waiting[:0] = self._given
        self._given.clear()

    # -- losses ----------------------------------------------------------------------------

    def lost(self, cause, frames, from_ms, to_ms):
        """Count frames that were lost and open, or lengthen, the gap that will say so."""
        gap = self._gap
        if gap is not None and gap[1] is None:
            gap[3] = to_ms
            return self._health.count("dropped_" + gap[0], frames)  # in a stretch of which the length is not known yet
        self._health.count("dropped_" + cause, frames)
        if gap is not None and gap[0] == cause:
            gap[1] += frames
            gap[3] = to_ms
            return
        self.close_gap(from_ms)
        self._gap = [cause, frames, from_ms, to_ms]

    def open_gap(self, cause, from_ms, now_ms):
        """Begin a stretch without footage; one that has begun already goes on."""
        self.settle()
        if self._gap is None:
            self._gap = [cause, None, from_ms, now_ms]

    def settle(self):
        """Losses that were counted need no further frame to be told."""
        if self._gap is not None and self._gap[1]:
            self.close_gap(self._gap[3])

    def has_gap(self):
        """Whether something is lost of which the recording does not tell yet."""
        return self._gap is not None or self.tells_of_gap()

    def tells_of_gap(self):
        """Whether the next chunk will tell of a loss."""
        return any(channel == channels.GAPS for channel, _, _ in self._waiting)

    def close_gap(self, now_ms):
        """A frame was taken. Losses that were counted ended with the last of them."""
        if self._gap is None:
            return
        cause, frames, from_ms, to_ms = self._gap
        self._gap = None
        end_ms = to_ms if frames else now_ms
        gap = {"cause": cause, "frames": frames, "from_uptime_ms": from_ms, "to_uptime_ms": end_ms, "boot": self._keeper.boot}
        self.add(channels.GAPS, gap)
