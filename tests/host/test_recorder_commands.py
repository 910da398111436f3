# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog status`, `devices` and `console` with a simulated board that runs the real firmware."""

import json
import os
import pty
import select
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from host_tools.cli import main
from host_tools.console_line import ConsoleLine
from host_tools.flashing.serial_port import PortError
from host_tools.pull import newest
from host_tools.terminal import LEAVE_KEY, Keyboard, talk
from host_tools.verify import verify
from tests.host.sim_boards import PATIENCE_S, SimBoard
from tests.host.sim_recorders import recorder

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimBoard]:
    with recorder(tmp_path_factory.mktemp("board"), device_id="bench-7") as running:
        yield running


def test_status_in_words_and_for_programs(board: SimBoard, capsys: Said):
    assert main(["status", "--port", board.port, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert main(["status", "--port", board.port]) == 0
    words = capsys.readouterr().out.split("\n")
    assert [status["device"], words[0]] == ["bench-7", f"recorder  bench-7 (board {board.facts['name']}, firmware {status['firmware']})"]


def test_devices_and_what_answers(board: SimBoard, monkeypatch: pytest.MonkeyPatch, capsys: Said):
    infos = [ListPortInfo(board.port, skip_link_detection=True), ListPortInfo("/dev/a-modem"), ListPortInfo("/dev/nothing-there")]
    for info, ids in zip(infos, [(0x303A, 0x1001), (0x067B, 0x2303), (0x303A, 0x1001)]):
        info.vid, info.pid = ids
    monkeypatch.setattr(list_ports, "comports", lambda: infos)
    assert main(["devices", "--json"]) == 0
    found = {one["port"]: (one["recorder"], one["problem"]) for one in json.loads(capsys.readouterr().out)}
    assert found == {
        board.port: ("bench-7", ""),
        "/dev/a-modem": ("", ""),
        "/dev/nothing-there": ("", "there is no port /dev/nothing-there"),
    }


def test_the_console_is_for_people(board: SimBoard, capsys: Said):
    assert main(["console", "--port", board.port]) == 2
    assert "for a person at a terminal" in capsys.readouterr().err


def test_a_picture_of_what_the_camera_sees(board: SimBoard, tmp_path: Path, capsys: Said):
    assert main(["snap", "-o", str(tmp_path / "x.jpg"), "--port", board.port, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    with Image.open(tmp_path / "x.jpg") as picture:
        picture.load()
        assert [picture.format, picture.size, said["file"]] == ["JPEG", (said["width"], said["height"]), str(tmp_path / "x.jpg")]


def test_segments_are_pulled_and_are_whole(board: SimBoard, tmp_path: Path, capsys: Said):
    with ConsoleLine(board.port) as console:
        console.ask("pause")
        while not newest(console, 1):
            console.rest(0.1)
        console.ask("resume")
    assert main(["pull", "--port", board.port, "-o", str(tmp_path), "--json"]) == 0
    [said] = json.loads(capsys.readouterr().out)
    file = Path(said["file"])
    assert [file.parent, file.name[:8], file.stat().st_size, sha256(file.read_bytes()).hexdigest()] == [
        tmp_path,
        "bench-7-",
        said["size"],
        said["sha256"],
    ]
    assert verify(str(file)).problems == []


class Person:
    """Somebody at `daylog console`, who reads what is shown."""

    def __init__(self, port: str, log: Path) -> None:
        self._keys, terminal = pty.openpty()
        self._screen, self._show = os.pipe()
        self.thread = threading.Thread(
            target=talk, args=(port, Keyboard(terminal), lambda data: os.write(self._show, data), log), daemon=True
        )
        self.thread.start()

    def types(self, keys: bytes, until: bytes) -> bytes:
        os.write(self._keys, keys)
        seen = b""
        while not seen.endswith(until):
            assert select.select([self._screen], [], [], PATIENCE_S)[0], f"{until!r} did not come, only {seen[-500:]!r}"
            seen += os.read(self._screen, 1)
        return seen

    def leaves(self) -> bool:
        os.write(self._keys, LEAVE_KEY)
        self.thread.join(PATIENCE_S)
        return not self.thread.is_alive()


def test_a_person_types_and_all_is_kept(board: SimBoard, tmp_path: Path):
    log = tmp_path / "visit.log"
    person = Person(board.port, log)
    seen = person.types(b"help resume\r", b"example  resume\r\n")
    assert [person.leaves(), log.read_bytes().startswith(seen)] == [True, True]


def test_a_board_that_goes_is_waited_for(tmp_path: Path):
    with recorder(tmp_path) as board:
        person = Person(board.port, tmp_path / "visit.log")
        person.types(b"\r", b"daylog> ")
    person.types(b"", b"Ctrl-] leaves --\r\n")
    with recorder(tmp_path):
        person.types(b"", b"-- it is back --\r\n")
        person.types(b"\r", b"daylog> ")
        assert person.leaves()


def test_no_such_port(tmp_path: Path):
    with pytest.raises(PortError):
        talk(str(tmp_path / "nothing"), Keyboard(0), lambda data: None)
