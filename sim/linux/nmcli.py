# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`nmcli` of NetworkManager, as far as hal/linux/wifi.py asks it, above the radio of sim/device. The times are estimates.

Words and exit codes are those of nmcli(1) and of its source. What it would not be asked is refused by an exception: a simulated program
that takes everything hides bugs. Other than a microcontroller's radio, NetworkManager gives up when a network refuses its key or is not
there; one that was lost it joins again by itself.
"""

from collections.abc import Callable
from typing import Any

from sim.device.clock import Clock
from sim.device.portal import GATEWAY
from sim.device.radio import GOT_IP, JOIN_US, NO_AP_FOUND, SCAN_US, WRONG_PASSWORD, Radio
from sim.linux.faults import Faults
from sim.linux.process import End, Process, Typed

ANSWER_US = 30_000  # until it has asked NetworkManager
SWITCH_US = 100_000
_OK, _TIMEOUT, _FAILED, _NOT_RUNNING, _UNKNOWN = 0, 3, 4, 8, 10
_SHOWN, _LISTED = "GENERAL.STATE,IP4.DNS", "SSID,SIGNAL,SECURITY"
_NO_SECRETS = "Error: Connection activation failed: (7) Secrets were required, but not provided.\n"
_ASK = "Password: "


class Nmcli:
    """`run(command, can_type)` starts one."""

    def __init__(self, radio: Radio, clock: Clock, faults: Faults, interface: str) -> None:
        self._radio, self._clock, self._faults, self._interface = radio, clock, faults, interface
        self._is_on = True

    def run(self, command: Any, can_type: bool) -> Process:
        """Raises FileNotFoundError: it is not installed; NotImplementedError: nobody knows what it would do."""
        if self._faults.lasts("no-nmcli", self._clock.now_us):
            raise FileNotFoundError(2, "No such file or directory")
        if self._faults.lasts("no-networkmanager", self._clock.now_us):
            return Process(self._clock, lambda: (_NOT_RUNNING, "Error: NetworkManager is not running.\n"))
        match command[1:]:
            case ["radio", "wifi", "on" | "off" as how]:
                return self._later(SWITCH_US, lambda: self._switch(how == "on"))
            case ["device", "disconnect", self._interface]:
                return self._later(ANSWER_US, self._disconnect)
            case ["-t", "-f", fields, "device", "show", self._interface] if fields == _SHOWN:
                return self._later(ANSWER_US, self._show)
            case ["-t", "-f", fields, "device", "wifi", "list", "--rescan", "yes"] if fields == _LISTED:
                return self._later(SCAN_US, self._list)
            case [*options, "device", "wifi", "connect", ssid, "password", key, "ifname", self._interface]:
                return self._join(options, ssid).with_key(key)
            case [*options, "device", "wifi", "connect", ssid, "ifname", self._interface]:
                join = self._join(options, ssid)
                return join.asking() if "--ask" in options and can_type else join.with_key("")
        raise NotImplementedError(" ".join(command))

    def _later(self, delay_us: int, do: Callable[[], str]) -> Process:
        """One that does something, whether somebody waits for it or not."""
        said = list[str]()
        self._clock.at(self._clock.now_us + delay_us, lambda: said.append(do()))
        return Process(self._clock, lambda: (_OK, said[0]) if said else None)

    def _join(self, options: list[str], ssid: str) -> "Join":
        match [option for option in options if option != "--ask"]:
            case ["--wait", seconds]:
                return Join(self._radio, self._clock, ssid, int(seconds), self._is_on)
        raise NotImplementedError(f"nmcli {' '.join(options)} device wifi connect")

    # -- what it does ----------------------------------------------------------------------

    def _switch(self, on: bool) -> str:
        self._is_on = on
        self._radio.switch(on)
        return ""

    def _disconnect(self) -> str:
        self._radio.leave()
        return f"Device '{self._interface}' successfully disconnected.\n"

    def _show(self) -> str:
        if self._radio.network is not None:
            return f"GENERAL.STATE:100 (connected)\nIP4.DNS[1]:{GATEWAY}\n"
        if self._radio.heard is not None:
            return "GENERAL.STATE:70 (connecting (getting IP configuration))\n"
        return "GENERAL.STATE:30 (disconnected)\n" if self._is_on else "GENERAL.STATE:20 (unavailable)\n"

    def _list(self) -> str:
        heard = self._radio.in_reach() if self._is_on else []
        return "".join(f"{_name(each)}:{_percent(self._radio.rssi_of(each))}:{'WPA2' if each.get('key') else ''}\n" for each in heard)


class Join(Process):
    """`nmcli device wifi connect`: ends when there is an address, when there will be none, or when it has had enough."""

    def __init__(self, radio: Radio, clock: Clock, ssid: str, wait_s: int, is_on: bool) -> None:
        super().__init__(clock, self._outcome)
        self._radio, self._ssid = radio, ssid
        self._prompt, self._asks = "", False
        heard = radio.in_reach() if is_on else []
        self._seen = next((each for each in heard if each["ssid"] == ssid and not each.get("hidden")), None)
        self._until_us = clock.now_us + wait_s * 1_000_000
        self._search_us = clock.now_us + JOIN_US
        for due_us in (self._until_us, self._search_us):
            clock.wake_at(due_us)

    def with_key(self, key: str) -> "Join":
        if self._seen is not None:
            self._radio.join(self._ssid, key)
        return self

    def asking(self) -> "Join":
        """It asks for the key of a network that has one."""
        self.stdin = Typed(self._typed)
        if self._seen is None or not self._seen.get("key"):
            return self.with_key("")
        self._prompt, self._asks = _ASK, True
        return self

    def _typed(self, line: str) -> None:
        """The first line is the answer."""
        if self._asks:
            self._asks = False
            self.with_key(line)

    def _outcome(self) -> End | None:
        if self._seen is None:
            return self._not_found() if self._clock.now_us >= self._search_us else None
        if self._radio.status == GOT_IP:
            return _OK, f"{self._prompt}Device successfully activated.\n"
        if self._radio.status in (WRONG_PASSWORD, NO_AP_FOUND):
            refused = self._radio.status == WRONG_PASSWORD
            self._radio.leave()
            return (_FAILED, self._prompt + _NO_SECRETS) if refused else self._not_found()
        return (_TIMEOUT, "Error: Timeout expired.\n") if self._clock.now_us >= self._until_us else None

    def _not_found(self) -> End:
        return _UNKNOWN, f"Error: No network with SSID '{self._ssid}' found.\n"


def _name(network: dict[str, Any]) -> str:
    """In terse mode a value's colons and backslashes have a backslash before them."""
    return "" if network.get("hidden") else network["ssid"].replace("\\", "\\\\").replace(":", "\\:")


def _percent(rssi_dbm: int) -> int:
    """NetworkManager's measure of a signal."""
    return max(0, min(100, 2 * (rssi_dbm + 100)))
