# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The radio, by way of NetworkManager's nmcli, which is not waited for: what is told of the network may be some seconds old.

Where the network is its owner's own business (`manager` is "none" in the board's data) there is one, for as long as there is a route.
"""

import re

from firmware.compat import ticks_diff, ticks_ms  # pyright: ignore[reportAttributeAccessIssue]  typeshed is CPython's
from hal.linux import system
from hal.linux.programs import NOT_FOUND, Asked

JOIN_S = 20
LOOK_MS = 2000
LONGEST_KEY = 64  # as hexadecimal digits
ENODEV = 19
OWN = "daylog %s"  # NetworkManager's connection to a network whose key is in the settings
NO_NMCLI = "there is no nmcli: install network-manager, or set wifi.manager to none in the board's data"
NOT_RUNNING = "NetworkManager does not run; start it"
_NO_MANAGER, _NO_NETWORK = 8, 10  # nmcli(1), exit status
_WRONG_KEY = "Secrets were required"
_ASKS_FOR_KEY = "(802-11-wireless-security."
_CLEAR, _DELETE = "\x15", "\x7f"  # as keys of a terminal; the first is Ctrl-U
_STATE, _DNS = re.compile(r"GENERAL\.STATE:(\d+)"), re.compile(r"IP4\.DNS\[1\]:(\S+)")
_ACTIVATED = 100  # NMDeviceState
_ROW = re.compile(r"((?:\\.|[^\\:])*):(\d+):(.*)")  # in terse mode a value's colons and backslashes have a backslash before them
_SIGNALS, _ROUTES, _RESOLVERS = "/proc/net/wireless", "/proc/net/route", "/etc/resolv.conf"


def open_wifi(config):
    return Wifi(config["interface"]) if config["manager"] == "nmcli" else Route()


class Wifi:
    def __init__(self, interface):
        self._interface = interface
        self._joining = self._looking = None
        self._afterwards = None  # of what is asked now: the next question
        self._looked_ms = 0
        self._fall("idle")

    def _fall(self, state):
        self._state, self._name_server = state, ""

    def active(self, on):
        _told(Asked(("nmcli", "radio", "wifi", "on" if on else "off")))
        if not on:
            self._fall("idle")

    def connect(self, ssid, key):
        self._joining = self._afterwards = self._looking = None
        if not _is_possible(key):
            self._fall("wrong_key")
            return
        join = ("--wait", str(JOIN_S), "device", "wifi", "connect", ssid, "ifname", self._interface)
        if key:
            # Made anew each time: of one that is there NetworkManager would try the stored key first, and not always ask for another. What
            # its owner has made for that network is left alone; who gives no key has that joined as it is.
            self._joining = Asked(("nmcli", "connection", "delete", "id", OWN % ssid))
            self._afterwards = ("nmcli", "--ask") + join + ("name", OWN % ssid), _typed(key)
        else:
            self._joining = Asked(("nmcli",) + join)
        self._fall("connecting")

    def disconnect(self):
        self._joining = self._afterwards = None
        Asked(("nmcli", "device", "disconnect", self._interface)).wait()
        self._fall("idle")

    def state(self):
        if self._joining is not None and self._joining.done() is not None:
            self._go_on()
        if self._state in ("connected", "no_address"):
            self._look()
        return self._state

    def _go_on(self):
        if self._afterwards:
            self._joining, self._afterwards = Asked(*self._afterwards), None
        else:
            self._state, self._joining = _outcome(self._joining), None

    def _look(self):
        if self._looking is None:
            if self._state == "no_address" or ticks_diff(ticks_ms(), self._looked_ms) >= LOOK_MS:
                self._looked_ms = ticks_ms()
                self._looking = Asked(("nmcli", "-t", "-f", "GENERAL.STATE,IP4.DNS", "device", "show", self._interface))
        elif self._looking.done() is not None:
            state, server = _STATE.search(self._looking.said), _DNS.search(self._looking.said)
            self._looking = None
            if state and int(state.group(1)) == _ACTIVATED:
                self._state, self._name_server = "connected", server.group(1) if server else ""
            else:
                self._fall("failed")

    def save_power(self, on):
        """NetworkManager has a mind of its own about that."""

    def rssi(self):
        return _signal(system.text(_SIGNALS), self._interface) if self._state == "connected" else 0

    def name_server(self):
        return self._name_server

    def scan(self):
        said = _told(Asked(("nmcli", "-t", "-f", "SSID,SIGNAL,SECURITY", "device", "wifi", "list", "--rescan", "yes")))
        rows = [row.groups() for row in map(_ROW.fullmatch, said.split("\n")) if row]
        return [(_plain(ssid), int(signal) // 2 - 100, bool(security)) for ssid, signal, security in rows]


class Route:
    """A network that somebody else looks after."""

    def active(self, on):
        pass

    def connect(self, ssid, key):
        pass

    def disconnect(self):
        pass

    def save_power(self, on):
        pass

    def state(self):
        return "connected" if any(line.split()[1:2] == ["00000000"] for line in system.text(_ROUTES).splitlines()) else "no_ap"

    def rssi(self):
        return 0

    def name_server(self):
        found = re.search(r"^nameserver\s+([\d.]+)\s*$", system.text(_RESOLVERS), re.MULTILINE)
        return found.group(1) if found else ""

    def scan(self):
        return []


def _told(asked):
    """What a program that answers soon has said. Raises OSError where there is no NetworkManager."""
    code = asked.wait()
    if code in (NOT_FOUND, _NO_MANAGER):
        raise OSError(ENODEV, NO_NMCLI if code == NOT_FOUND else NOT_RUNNING)
    return asked.said


def _is_possible(key):
    """A longer one no network has; nor one with control characters, which would be commands to nmcli's line editor."""
    return len(key) <= LONGEST_KEY and not any(letter < " " or letter == _DELETE for letter in key)


def _typed(key):
    """What a person would type at nmcli. Before NetworkManager 1.50 it asks once; from then on again when the key turns out wrong, with
    that one on the line already: it is cleared away, as any other would be. The second line stays empty, with which nmcli gives up.
    """
    return _CLEAR + key + "\n" + _CLEAR


def _outcome(asked):
    if not asked.done():
        return "no_address"  # until it is seen that there is one
    if _WRONG_KEY in asked.said or asked.said.count(_ASKS_FOR_KEY) > 1:
        return "wrong_key"
    return "no_ap" if asked.done() == _NO_NETWORK else "failed"


def _signal(wireless, interface):
    """dBm: the fourth word of the interface's line; 0 without one."""
    for line in wireless.splitlines():
        words = line.split()
        if words and words[0] == interface + ":":
            return int(float(words[3]))
    return 0


def _plain(value):
    return re.sub(r"\\(.)", r"\1", value)
