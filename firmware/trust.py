# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a network leads anywhere. A recorder knows one store and one time server: what comes from there is the check.

A login page answers in everybody's place, so whatever is sent to the store shows it, and an upload asks before it sends: no probe
of a third party is needed. What speaks for a network is an answer that only the right peer gives.
"""

from firmware.compat import const

STRIKES = const(3)
_AGAINST = {  # kind of a failure: (why the network is left, after how many in a row)
    "not_s3": ("captive", 1),
    "not_http": ("no_way", STRIKES),
    "tls": ("no_way", STRIKES),
    "lost": ("no_way", STRIKES),
    "timeout": ("no_way", STRIKES),
    "connect": ("no_way", STRIKES),
    "dns": ("no_names", STRIKES),
    "time": ("no_time", STRIKES),
}
_OURS = ("card", "memory", "settings")  # what went wrong on this side


class Trust:
    """For one stay in one network."""

    def __init__(self):
        self.why = ""  # to leave; "" while there is no reason
        self._strikes = 0
        self._tells_time = self._has_store = False

    def tells_time(self):
        self._tells_time = True

    def has_store(self):
        """It has answered, be it with a refusal that only a store would make."""
        self._has_store = True

    def failed(self, kind):
        """A question to the store or the time server was not answered as it should be."""
        if kind in _OURS:
            return
        if kind not in _AGAINST:
            return self.has_store()
        why, most = _AGAINST[kind]
        self._strikes += 1
        store_is_down = self._tells_time and why != "captive"
        if self._strikes >= most and not self._has_store and not store_is_down:
            self.why = why
