# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""hal/linux/wifi.py with the real nmcli, on a bus of its own where a NetworkManager without a radio answers. CPython only."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from hal.linux.wifi import Wifi

PYTHON = "/usr/bin/python3"  # Debian's, which has its own modules
MOCK = Path(__file__).with_name("network_manager.py")
PROGRAMS = [name for name in ("nmcli", "dbus-daemon", PYTHON) if shutil.which(name) is None]
KEYS = [" begins and ends with a blank ", "päss wörd ключ", "\\\"'$(x)`#!~%s&|<>*", "0123456789abcdef" * 4, "-8 letters", "8letters"]


def missing() -> str:
    if PROGRAMS:
        return f"there is no {PROGRAMS[0]}"
    return "" if subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True).returncode == 0 else "there is no python3-dbusmock"


pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


class NetworkManager:
    """`given` are the keys that it was told, as [ssid, key]."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[subprocess.Popen[str]] = []

    def start(self, networks: dict[str, str], stored: list[tuple[str, str]]) -> None:
        self._started(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", f"--address=unix:path={self._folder}/bus"]
        )
        parameters = json.dumps({"networks": networks, "stored": stored})
        mock = [PYTHON, "-m", "dbusmock", "--system", "-t", str(MOCK), "-l", str(self._folder / "log"), "-p", parameters]
        self._said = self._started(mock)

    def _started(self, command: list[str]) -> "IO[str]":
        """What it says, once it has said that it is there."""
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._children.append(child)
        assert child.stdout and child.stdout.readline()
        return child.stdout

    def given(self) -> list[list[str]]:
        self.end()
        return [json.loads(line) for line in self._said]

    def end(self) -> None:
        for child in reversed(self._children):
            child.terminate()
            child.wait()
        self._children.clear()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NetworkManager]:
    """For somebody who reads German, and has made another letter of the e on his keyboard."""
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("INPUTRC", str(tmp_path / "inputrc"))
    (tmp_path / "inputrc").write_text('"e": "E"\n')
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    found = NetworkManager(tmp_path)
    yield found
    found.end()


def joined(ssid: str, key: str) -> str:
    """How it ended; the key is in no argument that others could read meanwhile."""
    radio, arguments = Wifi("wlan0"), set()
    radio.connect(ssid, key)
    while (state := radio.state()) == "connecting":
        arguments.update(radio._joining._process.args)
        time.sleep(0.001)
    assert ssid in arguments and (not key or not any(key in argument for argument in arguments))
    return state


@pytest.mark.parametrize("key", KEYS)
def test_a_key_arrives_as_it_is(manager: NetworkManager, key: str):
    manager.start({"home": key}, [])
    assert (joined("home", key), manager.given()) == ("no_address", [["home", key]])


def test_a_wrong_key_is_tried_once(manager: NetworkManager):
    manager.start({"home": "the right one"}, [])
    assert (joined("home", "the wrong one"), manager.given()) == ("wrong_key", [["home", "the wrong one"]])


def test_the_next_key_is_no_worse_off_for_a_wrong_one(manager: NetworkManager):
    manager.start({"home": "the right one"}, [])
    ends = [joined("home", key) for key in ("the wrong one", "the right one", "the right one")]
    assert ends == ["wrong_key", "no_address", "no_address"]
    assert [key for _, key in manager.given()] == ["the wrong one", "the right one", "the right one"]


def test_a_key_is_tried_whatever_somebody_else_has_stored(manager: NetworkManager):
    manager.start({"home": "the right one"}, [("home", "an old one")])
    assert (joined("home", "the right one"), manager.given()) == ("no_address", [["home", "the right one"]])


def test_without_a_key_that_which_is_stored_will_do(manager: NetworkManager):
    manager.start({"home": "the right one"}, [("home", "the right one")])
    assert (joined("home", ""), manager.given()) == ("no_address", [])


@pytest.mark.parametrize(("ssid", "key", "end"), [("open", "", "no_address"), ("open", "a key", "no_address"), ("home", "", "wrong_key")])
def test_nothing_is_told_that_is_not_wanted(manager: NetworkManager, ssid: str, key: str, end: str):
    manager.start({"open": "", "home": "the right one"}, [])
    assert (joined(ssid, key), manager.given()) == (end, [])


def test_a_network_that_is_not_there(manager: NetworkManager):
    manager.start({"home": "the right one"}, [])
    assert (joined("nowhere", "the right one"), manager.given()) == ("no_ap", [])


def test_networks_are_heard_whatever_they_are_called(manager: NetworkManager):
    manager.start({"home": "the right one", "café": "", "a:b\\": ""}, [])
    assert Wifi("wlan0").scan() == [("home", -60, True), ("café", -60, False), ("a:b\\", -60, False)]
