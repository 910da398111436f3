# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is the same of every port's `network.WLAN`, once the port has made one; what differs is how it starts, and its status codes."""


class Station:
    def __init__(self, config):
        self._hostname = config.get("hostname", "daylog")
        self._wlan = None  # until the radio is wanted

    def state(self):
        """As hal/contract.pyi names them."""
        raise NotImplementedError

    def save_power(self, on):
        if self._wlan is not None:
            self._wlan.config(pm=self._wlan.PM_POWERSAVE if on else self._wlan.PM_NONE)

    def connect(self, ssid, key):
        self._wlan.connect(ssid, key)

    def name_server(self):
        return self._wlan.ifconfig()[3] if self.state() == "connected" else ""

    def scan(self):
        """The last number of an entry is no matter: on some ports it says how often it was heard, not that it hides."""
        return [(_text(entry[0]), entry[3], entry[4] != 0) for entry in self._wlan.scan()]


def _text(ssid):
    """Any 32 bytes may be a name; one that is no UTF-8 is shown escaped."""
    try:
        return ssid.decode()
    except UnicodeError:
        return str(ssid)[2:-1]
