# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A hundred boards, one after the other: what came of each is kept, and whoever comes back goes on."""

import json
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from host_tools import batch as batch_module
from host_tools import labels
from host_tools.batch import Batch, UsbBench, work_through
from host_tools.commands.provision import NetworkType
from host_tools.errors import UsageError
from host_tools.provision import Network, Outcome
from host_tools.wifi_keys import VARIABLE, KeyRefused, WifiKeys, kept


def devices(folder: Path, text: str = "name,owner\nkitchen,Ann\nhall,Ben\ncellar,Cas\n") -> Path:
    path = folder / "devices.csv"
    path.write_text(text)
    return path


class Boards:
    """A bench at which boards of these names are plugged in, one after the other; "" has none yet. After them somebody goes home."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self._names = list(enumerate(names))
        self._here = ""
        monkeypatch.setattr(batch_module, "_calls_itself", lambda port: self._here)

    def plugged(self) -> tuple[str, str]:
        if not self._names:
            raise KeyboardInterrupt
        number, self._here = self._names.pop(0)
        return f"/dev/{number}", str(number)

    def unplugged(self, port: str) -> None: ...


def at_work(batch: Batch, boards: Boards, *bad: str) -> list[str]:
    """What was said and made; boards at these ports fail."""
    done: list[str] = []

    def make(port: str, name: str) -> Outcome:
        done.append(f"{name} at {port}")
        return Outcome(name, passed=port not in bad, problem="no card" if port in bad else "")

    with pytest.raises(KeyboardInterrupt):
        work_through(batch, boards, make, done.append)
    return done


def test_each_name_until_its_board_has_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = devices(tmp_path)
    first = at_work(Batch(file, lambda: "today"), Boards(monkeypatch, "", "", "kitchen"), "/dev/1")
    assert first == [
        *("kitchen: plug in a board", "kitchen at /dev/0", "unplug it"),
        *("hall: plug in a board", "hall at /dev/1", "unplug it"),
        *("hall: plug in a board", "this is kitchen, which has passed; unplug it"),
        "hall: plug in a board",
    ]
    again = Batch(file, lambda: "tomorrow")
    at_work(again, Boards(monkeypatch, ""))
    assert again.results_file.read_text().split() == [
        "name,result,serial_number,problem,utc",
        "kitchen,PASS,0,,today",
        "hall,PASS,0,,tomorrow",
    ]
    assert next(again.waiting()) == "cellar"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\n", "names no recorder"),
        ("device\nkitchen\n", "nothing cannot be"),
        ("name\nthe kitchen\n", "the kitchen cannot be a recorder's name"),
        ("name\nhall\nhall\n", "has a name twice"),
    ],
)
def test_a_list_that_cannot_be_right(tmp_path: Path, text: str, words: str):
    with pytest.raises(UsageError) as said:
        Batch(devices(tmp_path, text))
    assert words in said.value.message


def test_boards_come_and_go_with_their_ports(monkeypatch: pytest.MonkeyPatch):
    seen = iter([[], ["/dev/a", "/dev/b"], ["/dev/a", "/dev/b"], ["/dev/a"], ["/dev/a"], []])
    monkeypatch.setattr(list_ports, "comports", lambda: [xiao(device) for device in next(seen)])
    said: list[str] = []
    bench = UsbBench(said.append, pause=lambda seconds: None)
    plugged = bench.plugged()
    bench.unplugged("/dev/a")
    assert [plugged, said, next(seen, "all seen")] == [
        ("/dev/a", "123"),
        ["leave only one board plugged in: there are /dev/a, /dev/b"],
        "all seen",
    ]


def xiao(device: str) -> ListPortInfo:
    info = ListPortInfo(device)
    info.vid, info.pid, info.serial_number = 0x303A, 0x1001, "123"
    return info


def test_a_label_for_each():
    page = labels.page(["kitchen", "hall"])
    assert [page.count("<svg"), page.count("<figcaption>kitchen</figcaption>")] == [2, 1]


PRIORITIES = [
    ("home", Network("home")),
    ("home:2", Network("home", 2)),
    ("a:b:-1", Network("a:b", -1)),
    ("a:b", Network("a:b")),
    (":5", Network(":5")),
]


@pytest.mark.parametrize(("word", "network"), PRIORITIES)
def test_networks_and_their_priorities(word: str, network: Network):
    assert NetworkType().convert(word, None, None) == network


def test_keys_are_asked_for_once_and_again_when_refused():
    asked: list[str] = []
    typed = iter(["short", "long enough", "", "another one"])

    def ask(ssid: str) -> str:
        asked.append(ssid)
        return next(typed)

    keys = WifiKeys({"office": "of the office"}, ask)
    given = [keys("office"), keys("home"), keys("home"), keys("guests")]
    keys.refused("home")
    assert [*given, keys("home")] == ["of the office", "long enough", "long enough", "", "another one"]
    assert asked == ["home", "home", "guests", "home"]


def test_keys_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"home": "from the file"}))
    monkeypatch.setenv(VARIABLE, json.dumps({"home": "from there"}))
    keys = WifiKeys(kept(None))
    assert [kept(file)["home"], keys("home")] == ["from the file", "from there"]
    with pytest.raises(UsageError):
        keys("office")
    with pytest.raises(KeyRefused):
        keys.refused("home")


@pytest.mark.parametrize("text", ['{"home": "secret wo', '["secret word"]', '{"home": "secret"}', '{"home": 12345678}'])
def test_a_file_of_keys_that_cannot_be_right_is_not_shown(tmp_path: Path, text: str):
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(UsageError) as said:
        kept(file)
    assert "secret" not in str(said.value)
