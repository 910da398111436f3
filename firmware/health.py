# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Counters, events, and what is wrong right now: the one health record of a recorder."""

RING = 64


class Health:
    """Counts, remembers the last events, and holds the list of present problems.

    A listener is called as `listener(uptime_ms, level, kind, text, data)` and must not raise.
    """

    def __init__(self, keeper):
        self.keeper = keeper
        self.counters = {}
        self.problems = {}
        self.events = []
        self.listeners = []

    def count(self, name, n=1):
        self.counters[name] = self.counters.get(name, 0) + n

    def event(self, kind, text, level="info", data=None):
        """Remember one event; `data` is JSON-able."""
        entry = (self.keeper.uptime_ms(), level, kind, text, data)
        if len(self.events) == RING:
            self.events.pop(0)
        self.events.append(entry)
        for listener in self.listeners:
            try:
                listener(*entry)
            except MemoryError:  # this listener misses it; whoever told of it goes on
                pass

    def set_problem(self, key, text):
        """Say what is wrong and what to do; announced once, shown by `status` until cleared."""
        if self.problems.get(key) != text:
            self.problems[key] = text
            self.event(key, text, "error")

    def clear_problem(self, key):
        if self.problems.pop(key, None) is not None:
            self.event(key, "cleared")

    def record(self):
        """The health record: JSON-able, one shape from the device to the data set."""
        return {
            "uptime_ms": self.keeper.uptime_ms(),
            "unix_ms": self.keeper.unix_ms(),
            "boot": self.keeper.boot,
            "counters": self.counters,
            "problems": self.problems,
        }
