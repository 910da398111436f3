# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The station side of the CYW43. Status codes differ by port; they are known here by name, but for the one that has none."""

import network

NO_ADDRESS = 2  # CYW43_LINK_NOIP: let in, and waiting for an address

_STATES = (
    (network.STAT_GOT_IP, "connected"),
    (NO_ADDRESS, "no_address"),
    (network.STAT_CONNECTING, "connecting"),
    (network.STAT_IDLE, "idle"),
    (network.STAT_NO_AP_FOUND, "no_ap"),
    (network.STAT_WRONG_PASSWORD, "wrong_key"),
)


class Wifi:
    def __init__(self, config):
        self._hostname = config.get("hostname", "daylog")
        self._wlan = None

    def active(self, on):
        if self._wlan is None:
            if not on:
                return
            network.hostname(self._hostname)
            self._wlan = network.WLAN(network.WLAN.IF_STA)
        self._wlan.active(on)

    def save_power(self, on):
        if self._wlan is not None:
            self._wlan.config(pm=self._wlan.PM_POWERSAVE if on else self._wlan.PM_NONE)

    def connect(self, ssid, key):
        self._wlan.connect(ssid, key)

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

    def name_server(self):
        return self._wlan.ifconfig()[3] if self.state() == "connected" else ""

    def scan(self):
        """The last number of an entry says how often it was heard, not that it hides."""
        return [(_text(entry[0]), entry[3], entry[4] != 0) for entry in self._wlan.scan()]


def _text(ssid):
    """Any 32 bytes may be a name; one that is no UTF-8 is shown escaped."""
    try:
        return ssid.decode()
    except UnicodeError:
        return str(ssid)[2:-1]
