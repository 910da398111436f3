# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The station side of the radio. Status codes differ by port; they are known here by name only."""

import network

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
            self._wlan.config(hostname=self._hostname, reconnects=RECONNECTS)

    def save_power(self, on):
        if self._wlan is not None:
            self._wlan.config(pm=self._wlan.PM_POWERSAVE if on else self._wlan.PM_NONE)

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

    def name_server(self):
        return self._wlan.ifconfig()[3] if self.state() == "connected" else ""

    def scan(self):
        return [(_text(entry[0]), entry[3], entry[4] != 0) for entry in self._wlan.scan()]


def _text(ssid):
    """Any 32 bytes may be a name; one that is no UTF-8 is shown escaped."""
    try:
        return ssid.decode()
    except UnicodeError:
        return str(ssid)[2:-1]
