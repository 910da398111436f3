# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The Wi-Fi of the world, and the board's station in it.

Access points are there in windows of time. As on the esp32 the station goes on trying until it is told to
stop, and joins again by itself when an access point comes back. Whoever must know that the link went down
registers with `on_down`.
"""

JOIN_US = 1_500_000
RETRY_US = 3_000_000
SCAN_US = 2_000_000

IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD, ASSOC_FAIL, HANDSHAKE_TIMEOUT = 200, 201, 202, 203, 204


class Radio:
    def __init__(self, networks, clock, trace):
        self.network = None  # the one joined
        self.status = IDLE
        self.on_down = []
        self._networks, self._clock, self._trace = networks, clock, trace
        self._target = None  # (ssid, key) that was asked for
        self._alarm = None

    def in_reach(self):
        """(network, end of its window) of those that are there now."""
        now_us = self._clock.now_us
        return [(n, end) for n in self._networks for start, end in n["windows"] if start <= now_us < end]

    def join(self, ssid, key):
        """Begin to join, and go on until `leave`."""
        self.leave()
        self._target = ssid, key
        self.status = CONNECTING
        self._later(JOIN_US, self._attempt)

    def leave(self):
        """Stop trying; the link is down."""
        self._target = None
        self._cancel()
        self._down("left")
        self.status = IDLE

    def _attempt(self):
        ssid, key = self._target
        for network, end_us in self.in_reach():
            if network["ssid"] == ssid:
                if network.get("key", "") == key:
                    return self._up(network, end_us)
                self.status = WRONG_PASSWORD
                break
        else:
            self.status = NO_AP_FOUND
        self._later(RETRY_US, self._attempt)

    def _up(self, network, end_us):
        self.network, self.status = network, GOT_IP
        self._trace.add("wifi_up", ssid=network["ssid"])
        self._alarm = self._clock.at(end_us, self._out_of_reach)

    def _out_of_reach(self):
        self._down("out of reach")
        self.status = BEACON_TIMEOUT
        self._later(RETRY_US, self._attempt)

    def _down(self, why):
        if self.network is None:
            return
        self._trace.add("wifi_down", ssid=self.network["ssid"], why=why)
        self.network = None
        for callback in self.on_down:
            callback()

    def _later(self, delay_us, callback):
        self._alarm = self._clock.at(self._clock.now_us + delay_us, callback)

    def _cancel(self):
        if self._alarm is not None:
            self._clock.cancel(self._alarm)
            self._alarm = None
