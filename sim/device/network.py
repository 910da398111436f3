# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `network` module of the simulated board: a station, as the esp32 port has it."""

from sim.device import radio as states
from sim.device.radio import SCAN_US

WPA2, OPEN = 3, 0
_CONFIG = {
    "mac": b"\x24\x58\x7c\xd1\x0a\x01", "ssid": "", "hidden": False, "security": 0, "key": "", "channel": 0, "bandwidth": 1,
    "hostname": "mpy-esp32s3", "max_clients": 10, "reconnects": -1, "txpower": 20, "protocol": 7, "pm": 1, "ifname": "st0",
}  # fmt: skip
_READ_ONLY = ("ssid", "ifname", "security", "key")


class NetworkModule:
    STA_IF, AP_IF = 0, 1
    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = states.IDLE, states.CONNECTING, states.GOT_IP
    STAT_BEACON_TIMEOUT, STAT_NO_AP_FOUND = states.BEACON_TIMEOUT, states.NO_AP_FOUND
    STAT_WRONG_PASSWORD, STAT_ASSOC_FAIL = states.WRONG_PASSWORD, states.ASSOC_FAIL
    STAT_CONNECT_FAIL, STAT_HANDSHAKE_TIMEOUT = states.ASSOC_FAIL, states.HANDSHAKE_TIMEOUT

    def __init__(self, radio, clock):
        self.WLAN = _make_wlan(radio, clock)


def _make_wlan(radio, clock):
    shared = {"active": False, "config": dict(_CONFIG)}  # there is one radio, however many WLAN objects

    class WLAN:
        IF_STA, IF_AP = 0, 1
        PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2

        def __init__(self, interface=0):
            if interface != WLAN.IF_STA:
                raise ValueError("the simulated board is a station only")

        def active(self, on=None):
            if on is not None:
                radio.switch(bool(on))
                shared["active"] = bool(on)
            return shared["active"]

        def connect(self, ssid=None, key=None, *, bssid=None):
            self._must_be_active()
            radio.join(ssid, key or "")

        def disconnect(self):
            self._must_be_active()
            radio.leave()

        def isconnected(self):
            return self.status() == states.GOT_IP

        def status(self, what=None):
            clock.follow()
            if what is None:
                return radio.status
            if what != "rssi":
                raise ValueError("unknown status param")
            if radio.heard is None:
                raise OSError("Wifi Not Connected")
            return radio.rssi_of(radio.heard)

        def scan(self):
            self._must_be_active()
            clock.advance_us(SCAN_US)
            return [_scanned(network, radio.rssi_of(network)) for network in radio.in_reach()]

        def ifconfig(self):
            return ("10.0.0.2", "255.255.255.0", "10.0.0.1", "10.0.0.1") if self.isconnected() else ("0.0.0.0",) * 4

        def config(self, *names, **values):
            for name in names + tuple(values):
                if name not in _CONFIG or (name in values and name in _READ_ONLY):
                    raise ValueError("unknown config param")
            shared["config"].update(values)
            return shared["config"][names[0]] if names else None

        def _must_be_active(self):
            if not shared["active"]:
                raise OSError("Wifi Not Started")

    return WLAN


def _scanned(network, rssi):
    """As the esp32 port tells it: a hidden network has no name, and nothing else says that it is hidden."""
    name = "" if network.get("hidden") else network["ssid"]
    return name.encode(), b"\x02\x00\x00\x00\x00\x01", 6, rssi, WPA2 if network.get("key") else OPEN, False
