# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The station side of the radio. Status codes differ by port; they are known here by name only."""

import network

_STATES = (
    (network.STAT_GOT_IP, "connected"),
    (network.STAT_CONNECTING, "connecting"),
    (network.STAT_IDLE, "idle"),
    (network.STAT_NO_AP_FOUND, "no_ap"),
    (network.STAT_BEACON_TIMEOUT, "no_ap"),
    (network.STAT_WRONG_PASSWORD, "wrong_key"),
    (network.STAT_HANDSHAKE_TIMEOUT, "wrong_key"),
)


class Wifi:
    def __init__(self, config):
        self._hostname = config.get("hostname", "daylog")
        self._wlan = None

    def active(self, on):
        if self._wlan is None:
            if not on:
                return
            self._wlan = network.WLAN(network.WLAN.IF_STA)
        self._wlan.active(on)
        if on:
            self._wlan.config(hostname=self._hostname, pm=self._wlan.PM_PERFORMANCE)

    def connect(self, ssid, key):
        self._wlan.connect(ssid, key)

    def disconnect(self):
        if self._wlan is not None:
            try:
                self._wlan.disconnect()
            except OSError:  # it was not connected
                pass

    def state(self):
        if self._wlan is None:
            return "idle"
        status = self._wlan.status()
        for number, name in _STATES:
            if number == status:
                return name
        return "failed"

    def rssi(self):
        return self._wlan.status("rssi") if self.state() == "connected" else 0

    def scan(self):
        return [(entry[0].decode(), entry[3], entry[4] != 0) for entry in self._wlan.scan()]
