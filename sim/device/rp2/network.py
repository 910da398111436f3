# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `network` module over a CYW43 (MicroPython extmod/network_cyw43.c): a station."""

from sim.device import radio as states
from sim.device.radio import SCAN_US

LINK_DOWN, LINK_JOIN, LINK_NOIP, LINK_UP, LINK_FAIL, LINK_NONET, LINK_BADAUTH = 0, 1, 2, 3, -1, -2, -3
WPA2, OPEN = 5, 0
_LINK = {
    states.IDLE: LINK_DOWN,
    states.GOT_IP: LINK_UP,
    states.NO_AP_FOUND: LINK_NONET,
    states.BEACON_TIMEOUT: LINK_NONET,
    states.WRONG_PASSWORD: LINK_BADAUTH,
    states.HANDSHAKE_TIMEOUT: LINK_BADAUTH,
    states.ASSOC_FAIL: LINK_FAIL,
}
_SETTABLE = ("pm", "txpower", "antenna", "hostname")


class NetworkModule:
    STA_IF, AP_IF = 0, 1
    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = LINK_DOWN, LINK_JOIN, LINK_UP
    STAT_CONNECT_FAIL, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = LINK_FAIL, LINK_NONET, LINK_BADAUTH

    def __init__(self, radio, clock):
        self.WLAN = _make_wlan(radio, clock)
        self._hostname = "Pico2W"

    def hostname(self, name=None):
        if name is not None:
            if len(name) > 32:
                raise ValueError("name too long")
            self._hostname = name
        return self._hostname


def _make_wlan(radio, clock):
    shared = {"active": False}

    class WLAN:
        IF_STA, IF_AP = 0, 1
        PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0x10, 0xA11142, 0x11

        def __init__(self, interface=0):
            if interface != WLAN.IF_STA:
                raise ValueError("the simulated board is a station only")

        def active(self, on=None):
            if on is None:
                return shared["active"]
            radio.switch(bool(on))
            shared["active"] = bool(on)

        def connect(self, ssid, key=None, *, bssid=None):
            """An interface that is not up refuses."""
            if not shared["active"]:
                raise OSError(1)
            radio.join(ssid, key or "")

        def disconnect(self):
            radio.leave()

        def isconnected(self):
            return self.status() == LINK_UP

        def status(self, what=None):
            clock.follow()
            if what is None:
                joining = LINK_JOIN if radio.heard is None else LINK_NOIP
                return _LINK.get(radio.status, joining)
            if what != "rssi":
                raise ValueError("unknown status param")
            return radio.rssi_of(radio.heard) if radio.heard else 0

        def scan(self):
            clock.advance_us(SCAN_US)
            return [_scanned(network, radio.rssi_of(network)) for network in radio.in_reach()]

        def ifconfig(self):
            return ("10.0.0.2", "255.255.255.0", "10.0.0.1", "10.0.0.1") if self.isconnected() else ("0.0.0.0",) * 4

        def config(self, **values):
            for name in values:
                if name not in _SETTABLE:
                    raise ValueError("unknown config param")

    return WLAN


def _scanned(network, rssi):
    """The last number counts how often it was heard."""
    name = "" if network.get("hidden") else network["ssid"]
    return name.encode(), b"\x02\x00\x00\x00\x00\x01", 6, rssi, WPA2 if network.get("key") else OPEN, 1
