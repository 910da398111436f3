# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the recording says about itself besides footage: events, gaps, telemetry and clocks, until a chunk takes them.

notes = Notes(keeper, health)
notes.add(channels.GAPS, gap)   # a dict
notes.put_into(chunk)           # as many as fit; then either
notes.are_safe()                # the chunk is durable, or
notes.take_back()               # it is not, and never will be
"""

import json

from firmware import channels
from firmware.compat import const

MOST = const(64)  # what waits longer than that is left out; gaps and clocks never are


class Notes:
    def __init__(self, keeper, health):
        self._keeper = keeper
        self._waiting = []  # (channel, uptime_ms, bytes)
        self._given = []  # to the chunk that is not durable yet
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

    def tells_of_gap(self):
        """Whether the next chunk will tell of a loss."""
        return any(channel == channels.GAPS for channel, _, _ in self._waiting)
