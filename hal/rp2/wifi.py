# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The station side of the CYW43. Status codes differ by port; they are known here by name, but for the one that has none."""

import network

from hal.drivers.station import Station

NO_ADDRESS = 2  # CYW43_LINK_NOIP: let in, and waiting for an address

_STATES = (
    (network.STAT_GOT_IP, "connected"),
    (NO_ADDRESS, "no_address"),
    (network.STAT_CONNECTING, "connecting"),
    (network.STAT_IDLE, "idle"),
    (network.STAT_NO_AP_FOUND, "no_ap"),
    (network.STAT_WRONG_PASSWORD, "wrong_key"),
)


class Wifi(Station):
    def active(self, on):
        if self._wlan is None:
            if not on:
                return
            network.hostname(self._hostname)
            self._wlan = network.WLAN(network.WLAN.IF_STA)
        self._wlan.active(on)

    def disconnect(self):
        if self._wlan is not None:
            self._wlan.disconnect()

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
