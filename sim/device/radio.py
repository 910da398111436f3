# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The Wi-Fi of the world, and the `network` module through which the board sees it.

Access points are there in windows of time. Whoever wants to know that the link went down registers with `on_down`.
"""

SCAN_US = 2_000_000
JOIN_US = 1_500_000


class Radio:
    def __init__(self, networks, clock, trace):
        self.network = None  # the one joined
        self.on_down = []
        self._networks, self._clock, self._trace = networks, clock, trace
        self._alarm = None

    def in_reach(self):
        """The networks whose window is open now, with the end of that window."""
        now_us = self._clock.now_us
        return [(n, end) for n in self._networks for start, end in n["windows"] if start <= now_us < end]

    def find(self, ssid):
        for network, end_us in self.in_reach():
            if network["ssid"] == ssid:
                return network, end_us
        return None, 0

    def join(self, ssid, key):
        """Returns "connected", "no_ap" or "wrong_key"."""
        network, end_us = self.find(ssid)
        if network is None:
            return "no_ap"
        if network.get("key", "") != key:
            return "wrong_key"
        self.network = network
        self._alarm = self._clock.at(end_us, self.leave)
        self._trace.add("wifi_up", ssid=ssid)
        return "connected"

    def leave(self):
        """The link is gone: out of reach, or switched off."""
        if self.network is None:
            return
        self._clock.cancel(self._alarm)
        self._trace.add("wifi_down", ssid=self.network["ssid"])
        self.network = None
        for callback in self.on_down:
            callback()


_STATUS = {"idle": 1000, "connecting": 1001, "connected": 1010, "no_ap": 201, "wrong_key": 202}


class NetworkModule:
    STA_IF = 0
    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
    STAT_BEACON_TIMEOUT, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 200, 201, 202
    STAT_ASSOC_FAIL, STAT_HANDSHAKE_TIMEOUT, STAT_CONNECT_FAIL = 203, 204, 203

    def __init__(self, radio, clock):
        self.WLAN = _wlan(radio, clock)


def _wlan(radio, clock):
    class WLAN:
        IF_STA, IF_AP = 0, 1
        PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2
        _KEYS = ("mac", "ssid", "hidden", "security", "key", "channel", "bandwidth", "hostname", "max_clients", "reconnects", "txpower", "protocol", "pm")

        def __init__(self, interface=0):
            if interface != 0:
                raise ValueError("the simulated board is a station only")
            self._active, self._state, self._alarm = False, "idle", None
            self._values = {"mac": b"\x24\x58\x7c\xd1\x0a\x01", "hostname": "mpy-esp32s3"}

        def active(self, on=None):
            if on is not None:
                if not on:
                    self.disconnect()
                self._active = bool(on)
            return self._active

        def connect(self, ssid=None, key=None, *, bssid=None):
            if not self._active:
                raise OSError("Wifi Internal Error")
            self.disconnect()
            self._state = "connecting"
            self._alarm = clock.at(clock.now_us + JOIN_US, lambda: self._join(ssid, key or ""))

        def _join(self, ssid, key):
            self._state = radio.join(ssid, key)

        def disconnect(self):
            if self._alarm is not None:
                clock.cancel(self._alarm)
            radio.leave()
            self._state = "idle"

        def _now(self):
            clock.follow()
            if self._state == "connected" and radio.network is None:
                self._state = "no_ap"
            return self._state

        def isconnected(self):
            return self._now() == "connected"

        def status(self, what=None):
            if what == "rssi":
                return radio.network["rssi"] if self.isconnected() else 0
            if what is not None:
                raise ValueError("unknown status param")
            return _STATUS[self._now()]

        def scan(self):
            clock.advance_us(SCAN_US)
            return [(n["ssid"].encode(), b"\x02\x00\x00\x00\x00\x01", 6, n["rssi"], 3 if n.get("key") else 0, False) for n, _ in radio.in_reach()]

        def ifconfig(self):
            return ("10.0.0.2", "255.255.255.0", "10.0.0.1", "10.0.0.1") if self.isconnected() else ("0.0.0.0",) * 4

        def config(self, *names, **values):
            for name in names + tuple(values):
                if name not in self._KEYS:
                    raise ValueError("unknown config param")
            self._values.update(values)
            return self._values.get(names[0]) if names else None

    return WLAN
