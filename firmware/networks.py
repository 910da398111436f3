# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which of the known networks to try, in which order, and which to leave alone for a while. No radio in here.

    networks = Networks(settings, keeper.uptime_ms)
    for network in networks.order(): ...                # entries of the settings
    networks.better("home", -80, {"work": -55})         # the one to change to, or None

What was seen of a network since boot is kept with its name, and forgotten with it.
"""

from firmware.compat import const

CLEARLY_DB = const(12)  # so much stronger is worth a change
GOOD_DBM = const(-72)  # a preferred network is worth a change from here on
WEAK_DBM = const(-80)
_UNHEARD_DBM = const(-128)
_MINUTE_MS = const(60_000)
_MOST_DOUBLINGS = const(8)

# why: (what it is in words, how long it is left alone the first time, and at most)
REASONS = {
    "failed": ("does not let us in", 5_000, _MINUTE_MS),
    "wrong_key": ("refuses its key", 5_000, 10 * _MINUTE_MS),
    "no_address": ("gives no address", _MINUTE_MS // 2, 10 * _MINUTE_MS),
    "no_names": ("its name server does not answer", _MINUTE_MS, 30 * _MINUTE_MS),
    "no_time": ("tells no time", 2 * _MINUTE_MS, 30 * _MINUTE_MS),
    "no_way": ("does not lead to the store", 2 * _MINUTE_MS, 30 * _MINUTE_MS),
    "captive": ("wants a login first", 10 * _MINUTE_MS, 120 * _MINUTE_MS),
}
_WHILE_JOINING = ("failed", "wrong_key", "no_address")


class Seen:
    """What was seen of one network since boot."""

    def __init__(self):
        self.joins = self.failures = self.stored_bytes = 0
        self.rssi_dbm = None  # when it was last heard
        self.why = ""  # it was left, or not joined
        self.in_a_row = 0  # times that it failed
        self.joined_ms = -1
        self.barred_until_ms = 0


class Networks:
    def __init__(self, settings, uptime_ms):
        self._settings, self._uptime_ms = settings, uptime_ms
        self._seen = {}

    def seen(self, ssid):
        if ssid not in self._seen:
            self._forget_unknown()
            self._seen[ssid] = Seen()
        return self._seen[ssid]

    def _forget_unknown(self):
        known = [network["ssid"] for network in self._settings.wifi]
        for ssid in list(self._seen):
            if ssid not in known:
                del self._seen[ssid]

    # -- what happened -------------------------------------------------------------------

    def joined(self, ssid):
        seen = self.seen(ssid)
        seen.joins += 1
        seen.joined_ms = self._uptime_ms()
        if seen.why in _WHILE_JOINING:
            seen.in_a_row = 0

    def proved(self, ssid, stored_bytes=0):
        """It leads to the time server, or has carried footage: its failures are forgotten."""
        seen = self.seen(ssid)
        seen.stored_bytes += stored_bytes
        seen.in_a_row = 0

    def failed(self, ssid, why):
        """Leave it alone for a while, each time for longer; returns for how long."""
        seen = self.seen(ssid)
        first_ms, longest_ms = REASONS[why][1:]
        bar_ms = min(first_ms << min(seen.in_a_row, _MOST_DOUBLINGS), longest_ms)
        seen.failures += 1
        seen.in_a_row += 1
        seen.why = why
        seen.barred_until_ms = self._uptime_ms() + bar_ms
        return bar_ms

    def forgive(self):
        """Somebody wants it to be tried now."""
        for ssid in self._seen:
            self._seen[ssid].barred_until_ms = self._seen[ssid].in_a_row = 0

    def hear(self, heard):
        """How strong some were just now: {ssid: dBm}."""
        for network in self._settings.wifi:
            if network["ssid"] in heard:
                self.seen(network["ssid"]).rssi_dbm = heard[network["ssid"]]

    # -- what to do ----------------------------------------------------------------------

    def order(self, heard=None, time_wanted=True):
        """The entries to try, best first: by priority, then the strong before the weak, then what was joined last.

        After a scan only those that were heard, and the hidden ones. A metered one only to learn the time.
        """
        known = self._settings.wifi
        allowed = [at for at in range(len(known)) if self._may_try(known[at], heard, time_wanted)]
        return [known[at] for at in sorted(allowed, key=lambda at: self._rank(known[at], heard) + (at,))]

    def _may_try(self, network, heard, time_wanted):
        ssid = network["ssid"]
        if network.get("metered") and not time_wanted:
            return False
        if heard is not None and ssid not in heard and not network.get("hidden"):
            return False
        return self.seen(ssid).barred_until_ms <= self._uptime_ms()

    def _rank(self, network, heard):
        seen = self.seen(network["ssid"])
        rssi_dbm = seen.rssi_dbm if heard is None else heard.get(network["ssid"], _UNHEARD_DBM)
        is_weak = rssi_dbm is not None and rssi_dbm < WEAK_DBM
        strength = 0 if heard is None else -rssi_dbm
        return bool(network.get("metered")), -network.get("priority", 0), is_weak, strength, -seen.joined_ms

    def others(self, ssid, rssi_dbm):
        """Without a scan: those that could be clearly better than the one that is joined."""
        here = self._priority(ssid)
        return [n for n in self.order(None, False) if n["ssid"] != ssid and (rssi_dbm < WEAK_DBM or n.get("priority", 0) > here)]

    def better(self, ssid, rssi_dbm, heard):
        """After a scan: one that is clearly better than the one that is joined, or None. Never one that would say the same of it."""
        here = self._priority(ssid)
        for network in self.order(heard, False):
            there_dbm = heard.get(network["ssid"], _UNHEARD_DBM) if network["ssid"] != ssid else _UNHEARD_DBM
            if _is_clearly_better(network.get("priority", 0) - here, rssi_dbm, there_dbm):
                return network
        return None

    def _priority(self, ssid):
        for network in self._settings.wifi:
            if network["ssid"] == ssid:
                return network.get("priority", 0)
        return 0

    # -- what to show --------------------------------------------------------------------

    def table(self):
        """What the console shows of each; no keys."""
        return [self._row(network) for network in self._settings.wifi]

    def _row(self, network):
        seen = self.seen(network["ssid"])
        return {
            "ssid": network["ssid"],
            "priority": network.get("priority", 0),
            "kind": [name for name in ("hidden", "metered") if network.get(name)] + ([] if network.get("key") else ["open"]),
            "rssi_dbm": seen.rssi_dbm,
            "joins": seen.joins,
            "failures": seen.failures,
            "stored_bytes": seen.stored_bytes,
            "why": REASONS[seen.why][0] if seen.why else "",
            "barred_ms": max(0, seen.barred_until_ms - self._uptime_ms()),
        }


def _is_clearly_better(more_priority, here_dbm, there_dbm):
    if more_priority > 0:
        return there_dbm >= GOOD_DBM
    if more_priority < 0 and here_dbm >= WEAK_DBM:
        return False
    return there_dbm >= here_dbm + CLEARLY_DB
