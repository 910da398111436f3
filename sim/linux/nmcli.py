# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`nmcli` of NetworkManager 1.42, as far as hal/linux/wifi.py asks it, above the radio of sim/device. The times are estimates.

Words and exit codes are those of nmcli(1) and of its source. What it would not be asked is refused by an exception: a simulated program
that takes everything hides bugs. Other than a microcontroller's radio, NetworkManager gives up when a network refuses its key or is not
there; one that was lost it joins again by itself.

A network's key is an argument, or the answer to `--ask`, which asks once; from 1.50 on it would ask again for a wrong one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sim.device.clock import Clock
from sim.device.portal import GATEWAY
from sim.device.radio import GOT_IP, JOIN_US, NO_AP_FOUND, SCAN_US, WRONG_PASSWORD, Radio
from sim.linux.faults import Faults
from sim.linux.process import End, Process

ANSWER_US = 30_000  # until it has asked NetworkManager
SWITCH_US = 100_000
_OK, _TIMEOUT, _FAILED, _NOT_RUNNING, _UNKNOWN = 0, 3, 4, 8, 10
_SHOWN, _LISTED = "GENERAL.STATE,IP4.DNS", "SSID,SIGNAL,SECURITY"
_NO_SECRETS = "Error: Connection activation failed: (7) Secrets were required, but not provided.\n"
_PROMPT, _CLEAR = "Password: ", "\x15"  # the latter is Ctrl-U, by which its line editor forgets what was typed


class Nmcli:
    """`run(command, typed)` starts one, which finds `typed` on its standard input."""

    def __init__(self, radio: Radio, clock: Clock, faults: Faults, interface: str) -> None:
        self._radio, self._clock, self._faults, self._interface = radio, clock, faults, interface
        self._is_on = True

    def run(self, command: Sequence[str], typed: str) -> Process:
        """Raises FileNotFoundError: it is not installed; NotImplementedError: nobody knows what it would do."""
        if self._faults.lasts("no-nmcli", self._clock.now_us):
            raise FileNotFoundError(2, "No such file or directory")
        if self._faults.lasts("no-networkmanager", self._clock.now_us):
            return Process(self._clock, lambda: (_NOT_RUNNING, "Error: NetworkManager is not running.\n"))
        match list(command[1:]):
            case ["radio", "wifi", "on" | "off" as how]:
                return self._later(SWITCH_US, lambda: self._switch(how == "on"))
            case ["device", "disconnect", self._interface]:
                return self._later(ANSWER_US, self._disconnect)
            case ["-t", "-f", fields, "device", "show", self._interface] if fields == _SHOWN:
                return self._later(ANSWER_US, self._show)
            case ["-t", "-f", fields, "device", "wifi", "list", "--rescan", "yes"] if fields == _LISTED:
                return self._later(SCAN_US, self._list)
            case [*options, "device", "wifi", "connect", ssid, "password", key, "ifname", self._interface]:
                return self._join(options, ssid, key)
            case [*options, "device", "wifi", "connect", ssid, "ifname", self._interface]:
                return self._join(options, ssid, typed.partition("\n")[0].rpartition(_CLEAR)[2] if "--ask" in options else "")
        raise NotImplementedError(" ".join(command))

    def _later(self, delay_us: int, do: Callable[[], str]) -> Process:
        """One that does something, whether somebody waits for it or not."""
        said = list[str]()
        self._clock.at(self._clock.now_us + delay_us, lambda: said.append(do()))
        return Process(self._clock, lambda: (_OK, said[0]) if said else None)

    def _join(self, options: list[str], ssid: str, key: str) -> "Join":
        match [option for option in options if option != "--ask"]:
            case ["--wait", seconds]:
                heard = self._radio.in_reach() if self._is_on else []
                seen = next((each for each in heard if each["ssid"] == ssid and not each.get("hidden")), None)
                is_secret = bool(seen and seen.get("key"))
                wanted = None if seen is None else key if is_secret else ""  # an open network wants none
                return Join(self._radio, self._clock, ssid, wanted, int(seconds), is_secret and "--ask" in options)
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
    """`nmcli device wifi connect`: ends when there is an address, when there will be none, or when it has had enough. Without a key
    (None) there is no such network."""

    def __init__(self, radio: Radio, clock: Clock, ssid: str, key: str | None, wait_s: int, asks: bool) -> None:
        super().__init__(clock, self._outcome if key is not None else self._vain_search)
        self._radio, self._ssid, self._prompt = radio, ssid, _PROMPT if asks else ""
        self._search_us, self._until_us = clock.now_us + JOIN_US, clock.now_us + wait_s * 1_000_000
        for due_us in (self._search_us, self._until_us):
            clock.wake_at(due_us)
        if key is not None:
            radio.join(ssid, key)

    def _vain_search(self) -> End | None:
        return self._not_found() if self._clock.now_us >= self._search_us else None

    def _outcome(self) -> End | None:
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
