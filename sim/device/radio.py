# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The Wi-Fi of the world, and the board's station in it.

An access point is there in windows of time, and only while its signal is strong enough. As on the esp32 the station goes on
trying until it is told to stop, and joins again by itself when an access point comes back; while it waits for an address it
says "connecting" and can be asked for the signal. Whoever must know that the link came up, or went down, registers with `on_up`,
or with `on_down`.
"""

from sim.device.steps import end_of_span, next_change_us, value_at

JOIN_US = 1_500_000
RETRY_US = 3_000_000
SCAN_US = 2_000_000
FLOOR_DBM = -88  # estimate: ESP32-S3's datasheet has -93 at the slowest 802.11n rate, on a bench

IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD, ASSOC_FAIL, HANDSHAKE_TIMEOUT = 200, 201, 202, 203, 204


class Radio:
    """`heard` is the network that the station belongs to, `network` the same once there is an address."""

    def __init__(self, networks, clock, trace):
        self.network = self.heard = None
        self.sent = 0  # bytes since the link came up
        self.status = IDLE
        self.on_up, self.on_down = [], []
        self.on_power = None  # called with whether it is on
        self._networks, self._clock, self._trace = networks, clock, trace
        self._target = None  # (ssid, key) that was asked for
        self._alarm = None

    def in_reach(self):
        """The networks that are there now, the strongest first."""
        return sorted((n for n in self._networks if self._is_here(n)), key=lambda n: -self.rssi_of(n))

    def rssi_of(self, network):
        return value_at(network["rssi"], self._clock.now_us)

    def _is_here(self, network):
        return end_of_span(network["windows"], self._clock.now_us) is not None and self.rssi_of(network) >= FLOOR_DBM

    def switch(self, on):
        """The radio itself on or off."""
        if not on:
            self.leave()
        if self.on_power:
            self.on_power(on)

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
        for network in self.in_reach():
            if network["ssid"] == ssid:
                if network.get("key", "") != key:
                    return self._fail(WRONG_PASSWORD)
                self.heard = network
                return self._hold()
        self._fail(NO_AP_FOUND)

    def _fail(self, status):
        self.status = status
        self._later(RETRY_US, self._attempt)

    def _hold(self):
        """Now, and whenever something may have changed for the network that is held."""
        network, now_us = self.heard, self._clock.now_us
        if not self._is_here(network):
            self._down("out of reach")
            return self._fail(BEACON_TIMEOUT)
        no_address_until_us = end_of_span(network.get("dhcp_fails", ()), now_us)
        if self.network is None:
            self.status = CONNECTING
            if no_address_until_us is None:
                self._up(network)
        changes_us = [end_of_span(network["windows"], now_us), next_change_us(network["rssi"], now_us)]
        self._alarm = self._clock.at(min(changes_us + [no_address_until_us or changes_us[0]]), self._hold)

    def _up(self, network):
        self.network, self.status, self.sent = network, GOT_IP, 0
        self._trace.add("wifi_up", ssid=network["ssid"])
        for callback in self.on_up:
            callback()

    def _down(self, why):
        joined, self.network, self.heard = self.network, None, None
        if joined is None:
            return
        self._trace.add("wifi_down", ssid=joined["ssid"], why=why, sent=self.sent)
        for callback in self.on_down:
            callback()

    def _later(self, delay_us, callback):
        self._alarm = self._clock.at(self._clock.now_us + delay_us, callback)

    def _cancel(self):
        if self._alarm is not None:
            self._clock.cancel(self._alarm)
            self._alarm = None
