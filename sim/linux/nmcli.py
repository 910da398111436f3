# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`nmcli` of NetworkManager 1.42, as far as hal/linux/wifi.py asks it, above the radio of sim/device. The times are estimates.

Words and exit codes are those of nmcli(1) and of its source. What it would not be asked is refused by an exception: a simulated program
that takes everything hides bugs. Other than a microcontroller's radio, NetworkManager gives up when a network refuses its key or is not
there; one that was lost it joins again by itself.

A network's key is an argument, or the answer to `--ask`, which asks once; from 1.50 on it would ask again for a wrong one.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sim.device.clock import Clock
from sim.device.portal import GATEWAY
from sim.device.radio import GOT_IP, JOIN_US, NO_AP_FOUND, SCAN_US, WRONG_PASSWORD, Radio
from sim.linux.faults import Faults
from sim.linux.process import End, Process

ANSWER_US = 30_000  # until it has asked NetworkManager
SWITCH_US = 100_000
_OK, _TIMEOUT, _FAILED, _NOT_RUNNING, _UNKNOWN = 0, 3, 4, 8, 10
_SHOWN, _LISTED = "GENERAL.STATE,IP4.DNS", "SSID,SIGNAL,SECURITY"
_ABOUT = {"password", "ifname", "name"}
_NO_SECRETS = "Error: Connection activation failed: (7) Secrets were required, but not provided.\n"
_PROMPT, _CLEAR = "Password: ", "\x15"  # the latter is Ctrl-U, by which its line editor forgets what was typed


class Nmcli:
    """`run(command, typed)` starts one, which finds `typed` on its standard input."""

    def __init__(self, radio: Radio, clock: Clock, faults: Faults, interface: str) -> None:
        self._radio, self._clock, self._faults, self._interface = radio, clock, faults, interface
        self._is_on = True
        self._connections: dict[str, str] = {}  # name: of which network; they last until the end of this boot

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
            case ["connection", "delete", "id", name]:
                return self._later(ANSWER_US, lambda: self._delete(name))
            case ["-t", "-f", fields, "device", "show", self._interface] if fields == _SHOWN:
                return self._later(ANSWER_US, self._show)
            case ["-t", "-f", fields, "device", "wifi", "list", "--rescan", "yes"] if fields == _LISTED:
                return self._later(SCAN_US, self._list)
        wish = _wish(list(command[1:]), self._interface)
        if wish is None:
            raise NotImplementedError(" ".join(command))
        return self._join(wish, typed.partition("\n")[0].rpartition(_CLEAR)[2] if wish.asks else wish.key)

    def _later(self, delay_us: int, do: Callable[[], End]) -> Process:
        """One that does something, whether somebody waits for it or not."""
        ends = list[End]()
        self._clock.at(self._clock.now_us + delay_us, lambda: ends.append(do()))
        return Process(self._clock, lambda: ends[0] if ends else None)

    def _join(self, wish: "Wish", key: str) -> "Join":
        self._connections[wish.name or wish.ssid] = wish.ssid
        heard = self._radio.in_reach() if self._is_on else []
        seen = next((each for each in heard if each["ssid"] == wish.ssid and not each.get("hidden")), None)
        is_secret = bool(seen and seen.get("key"))  # an open network wants no key
        return Join(self._radio, self._clock, wish, None if seen is None else key if is_secret else "", is_secret and wish.asks)

    # -- what it does ----------------------------------------------------------------------

    def _switch(self, on: bool) -> End:
        self._is_on = on
        self._radio.switch(on)
        return _OK, ""

    def _disconnect(self) -> End:
        self._radio.leave()
        return _OK, f"Device '{self._interface}' successfully disconnected.\n"

    def _delete(self, name: str) -> End:
        ssid = self._connections.pop(name, None)
        if ssid is None:
            return _UNKNOWN, f"Error: unknown connection '{name}'.\n"
        if self._radio.network is not None and self._radio.network["ssid"] == ssid:
            self._radio.leave()
        return _OK, f"Connection '{name}' successfully deleted.\n"

    def _show(self) -> End:
        if self._radio.network is not None:
            return _OK, f"GENERAL.STATE:100 (connected)\nIP4.DNS[1]:{GATEWAY}\n"
        if self._radio.heard is not None:
            return _OK, "GENERAL.STATE:70 (connecting (getting IP configuration))\n"
        return _OK, "GENERAL.STATE:30 (disconnected)\n" if self._is_on else "GENERAL.STATE:20 (unavailable)\n"

    def _list(self) -> End:
        heard = self._radio.in_reach() if self._is_on else []
        rows = [f"{_name(each)}:{_percent(self._radio.rssi_of(each))}:{'WPA2' if each.get('key') else ''}\n" for each in heard]
        return _OK, "".join(rows)


class Wish(NamedTuple):
    """What `device wifi connect` is asked for. `name`: of the connection that is made for it."""

    ssid: str
    wait_s: int
    asks: bool
    key: str
    name: str


def _wish(words: list[str], interface: str) -> Wish | None:
    """None: in a way of which nobody has said what it does."""
    asks = "--ask" in words
    match [word for word in words if word != "--ask"]:
        case ["--wait", seconds, "device", "wifi", "connect", ssid, *more]:
            about = dict(zip(more[::2], more[1::2], strict=False))
            if [word for pair in about.items() for word in pair] == more and about.keys() <= _ABOUT and about.get("ifname") == interface:
                return Wish(ssid, int(seconds), asks, about.get("password", ""), about.get("name", ""))
    return None


class Join(Process):
    """`nmcli device wifi connect`: ends when there is an address, when there will be none, or when it has had enough. Without a key
    (None) there is no such network."""

    def __init__(self, radio: Radio, clock: Clock, wish: Wish, key: str | None, asks: bool) -> None:
        super().__init__(clock, self._outcome if key is not None else self._vain_search)
        self._radio, self._ssid, self._prompt = radio, wish.ssid, _PROMPT if asks else ""
        self._search_us, self._until_us = clock.now_us + JOIN_US, clock.now_us + wish.wait_s * 1_000_000
        for due_us in (self._search_us, self._until_us):
            clock.wake_at(due_us)
        if key is not None:
            radio.join(wish.ssid, key)

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
