# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated nmcli and what the kernel shows of its network, asked by hal/linux as on a real one."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hal.linux import programs, system, wifi
from sim.device.clock import Clock
from sim.device.radio import GOT_IP, Radio
from sim.device.trace import Trace
from sim.linux.faults import Faults
from sim.linux.netfiles import NetFiles
from sim.linux.nmcli import Nmcli
from sim.linux.process import typed

HOME: dict[str, Any] = {"ssid": "home", "key": "secret", "rssi": -58, "windows": [[0, 60_000_000]], "bandwidth_bps": 10**7, "latency_us": 0}
NO_SECRETS = "Password: Error: Connection activation failed: (7) Secrets were required, but not provided."
ASK = ("nmcli", "--wait", "20", "--ask", "device", "wifi", "connect", "home", "ifname", "wlan0")
DELETE = ("nmcli", "connection", "delete", "id", "mine")
WITH_KEY = ("nmcli", "--wait", "20", "device", "wifi", "connect", "home", "password", "secret", "ifname", "wlan0")


class System:
    """One with these networks around it. `wifi` is what the recorder has of it."""

    def __init__(self, root: Path, patched: pytest.MonkeyPatch, *networks: dict[str, Any]) -> None:
        self.clock, self.trace = Clock(0, 0), io.StringIO()
        self.radio = Radio(networks, self.clock, Trace(self.trace, self.clock))
        self.nmcli = Nmcli(self.radio, self.clock, Faults([], 0, 1), "wlan0")
        NetFiles(root, self.radio, self.clock, "wlan0")
        popen = lambda command, **pipes: self.nmcli.run(command, typed(pipes["stdin"]))  # noqa: E731
        patched.setattr(programs, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": popen}))
        patched.setattr(system, "root", f"{root}/")
        patched.setattr(wifi, "ticks_ms", lambda: self.clock.now_us // 1000)
        self.wifi = wifi.open_wifi({"manager": "nmcli", "interface": "wlan0"})

    def state_at(self, at_s: float) -> str:
        """Asked twice each second, as the link does."""
        while self.clock.now_us < at_s * 1_000_000:
            self.clock.advance_us(500_000)
            self.wifi.state()
        return self.wifi.state()

    def join(self, at_s: float, ssid: str = "home", key: str = "secret") -> str:
        self.wifi.connect(ssid, key)
        return self.state_at(at_s)


Make = Callable[..., System]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda *networks: System(tmp_path, monkeypatch, *networks)


def test_it_joins_and_tells_what_the_network_is(make: Make):
    computer = make(HOME)
    assert (computer.join(4), computer.wifi.name_server(), computer.wifi.rssi()) == ("connected", "10.0.0.1", -58)
    assert wifi.Route().state() == "connected"


def test_it_leaves(make: Make):
    computer = make(HOME)
    computer.join(4)
    computer.wifi.disconnect()
    assert (computer.wifi.state(), computer.radio.network, wifi.Route().state(), wifi.Route().name_server()) == ("idle", None, "no_ap", "")


@pytest.mark.parametrize(
    ("network", "key", "end"),
    [
        ({}, "wrong", "wrong_key"),
        ({}, "", "wrong_key"),
        ({"key": ""}, "", "connected"),
        ({"key": ""}, "secret", "connected"),
        ({"ssid": "other"}, "secret", "no_ap"),
        ({"windows": []}, "secret", "no_ap"),
        ({"hidden": True}, "secret", "no_ap"),
        ({"rssi": -95}, "secret", "no_ap"),
        ({"dhcp_fails": [[0, 60_000_000]]}, "secret", "failed"),
    ],
)
def test_joining_ends(make: Make, network: dict[str, Any], key: str, end: str):
    assert make({**HOME, **network}).join(22, key=key) == end


def test_a_lost_network_is_joined_again_by_itself(make: Make):
    computer = make({**HOME, "windows": [[0, 10_000_000], [20_000_000, 60_000_000]]})
    states = [computer.join(4), computer.state_at(14), computer.state_at(30)]
    assert (states, computer.radio.status) == (["connected", "failed", "failed"], GOT_IP)


def test_the_signal_is_that_of_the_moment(make: Make):
    computer = make({**HOME, "rssi": [[0, -50], [10_000_000, -70], [20_000_000, -95]]})
    heard = [(computer.join(5), computer.wifi.rssi()), (computer.state_at(12), computer.wifi.rssi())]
    assert (heard, computer.state_at(24)) == ([("connected", -50), ("connected", -70)], "failed")


def test_it_hears_what_is_there(make: Make):
    computer = make(HOME, {**HOME, "ssid": "a:b\\", "key": "", "rssi": -50}, {**HOME, "ssid": "unseen", "hidden": True, "rssi": -80})
    assert computer.wifi.scan() == [("a:b\\", -50, False), ("home", -58, True), ("", -80, True)]
    assert computer.clock.now_us == 2_000_000


def test_a_radio_that_is_off_hears_nothing(make: Make):
    computer = make(HOME)
    computer.wifi.active(False)
    assert (computer.wifi.scan(), computer.join(4)) == ([], "no_ap")
    computer.wifi.active(True)
    assert computer.join(8) == "connected"


# -- a password that is typed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "said", "code"),
    [
        ("secret\n", "Password: Device successfully activated.", 0),
        ("\x15secret\n\x15", "Password: Device successfully activated.", 0),
        ("stale\x15secret", "Password: Device successfully activated.", 0),
        ("wrong\nsecret\n", NO_SECRETS, 4),
        ("\n", NO_SECRETS, 4),
        ("", NO_SECRETS, 4),
    ],
)
def test_it_asks_for_the_password(make: Make, key: str, said: str, code: int):
    process = make(HOME).nmcli.run(ASK, key)
    assert (process.communicate()[0].decode().rstrip("\n"), process.returncode) == (said, code)


def test_what_is_on_its_standard_input_may_have_been_there_before():
    source, sink = os.pipe()
    os.write(sink, b"secret\n")
    with pytest.raises(NotImplementedError):
        typed(source)
    os.close(sink)
    assert (typed(source), typed(subprocess.DEVNULL)) == ("secret\n", "")
    os.close(source)


def test_a_connection_of_its_own_can_be_removed(make: Make):
    computer = make(HOME)
    said = [computer.nmcli.run(words, "secret\n").communicate()[0].decode() for words in ((*ASK, "name", "mine"), DELETE, DELETE)]
    assert (said[1:], computer.radio.network) == (
        ["Connection 'mine' successfully deleted.\n", "Error: unknown connection 'mine'.\n"],
        None,
    )


# -- what it does not know ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("nmcli", "device", "status"),
        ("nmcli", "device", "disconnect", "eth0"),
        ("nmcli", "-t", "-f", "ALL", "device", "show", "wlan0"),
        (*WITH_KEY, "hidden", "yes"),
        (*WITH_KEY[:-1], "wlan1"),
        ("nmcli", "--colors", "no", *WITH_KEY[1:]),
        ("nmcli", *WITH_KEY[3:]),
        (*ASK, "name"),
        ("nmcli", "connection", "delete", "mine"),
    ],
)
def test_what_nobody_has_modelled_is_refused(make: Make, command: tuple[str, ...]):
    with pytest.raises(NotImplementedError):
        make(HOME).nmcli.run(command, "")
