# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The station side of the radio. Status codes differ by port; they are known here by name only."""

import network

from hal.drivers.station import Station

# The driver joins by itself this often before it says why it cannot. For ever is the default: then a wrong key
# that shows as a handshake time-out stays "connecting".
RECONNECTS = 2

_STATES = (
    (network.STAT_GOT_IP, "connected"),
    (network.STAT_CONNECTING, "connecting"),
    (network.STAT_IDLE, "idle"),
    (network.STAT_NO_AP_FOUND, "no_ap"),
    (network.STAT_BEACON_TIMEOUT, "no_ap"),
    (network.STAT_WRONG_PASSWORD, "wrong_key"),
    (network.STAT_HANDSHAKE_TIMEOUT, "wrong_key"),
)


class Wifi(Station):
    def active(self, on):
        if self._wlan is None:
            if not on:
                return
            self._wlan = network.WLAN(network.WLAN.IF_STA)
        self._wlan.active(on)
        if on:
            self._wlan.config(hostname=self._hostname, reconnects=RECONNECTS)

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
                return "no_address" if name == "connecting" and self._signal() else name
        return "failed"

    def _signal(self):
        """Can be asked for from the moment the access point has let us in, before there is an address."""
        try:
            return self._wlan.status("rssi")
        except OSError:
            return 0

    def rssi(self):
        return self._signal() if self.state() == "connected" else 0
