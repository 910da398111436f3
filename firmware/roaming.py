# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When to look for a better network than the one that is joined: never while somebody sends, and ever more seldom while it is in vain."""

from firmware.backoff import Backoff
from firmware.compat import const

FIRST_MS, LONGEST_MS = const(60_000), const(1_800_000)


class Roaming:
    def __init__(self, networks, uptime_ms):
        self.in_use = False
        self._networks, self._uptime_ms = networks, uptime_ms
        self._pauses = Backoff(FIRST_MS, LONGEST_MS)
        self._due_ms = 0
        self._was_free = False  # since the last look, if only for a moment: between two segments

    def use(self, in_use):
        """Somebody sends, or has come to a point where the network may change."""
        self.in_use = in_use
        self._was_free = self._was_free or not in_use

    def joined(self):
        self._due_ms = self._uptime_ms() + self._pauses.next_ms()

    def lost(self):
        """The world has changed: what was in vain need not be so any more."""
        self._pauses.reset()

    def is_due(self):
        """Whether to look now; the next time is then later."""
        is_free, self._was_free = self._was_free or not self.in_use, False
        if not is_free or self._uptime_ms() < self._due_ms:
            return False
        self.joined()
        return True

    def instead_of(self, network, rssi_dbm, heard):
        """The networks to try, the present one last; None if there is no reason to. `heard`: of a scan, or None without one."""
        ssid = network["ssid"]
        if heard is None:
            others = self._networks.others(ssid, rssi_dbm)
        else:
            better = self._networks.better(ssid, rssi_dbm, heard)
            others = [better] if better else []
        return others + [network] if others else None
