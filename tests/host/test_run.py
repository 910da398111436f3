# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog run`: this very computer records a film, and is spoken to by the commands for recorders."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from host_tools import boards, local
from host_tools.cli import main
from host_tools.clips import clip
from host_tools.console_line import ConsoleLine, LineError
from host_tools.verify import verify

Said = pytest.CaptureFixture[str]
_BOARD = """\
based_on = "linux_desktop"
[profiles.webcam]
width = 160
height = 120
bitrate = 300000
chunk_bytes = 131072
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """It records by the time that it has said so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background ignores Ctrl-C, and so would it
    (folder / "small").mkdir()
    (folder / "small" / "board.toml").write_text(_BOARD)
    command = [sys.executable, "-m", "host_tools", "run", "--board", str(folder / "small"), "--video", str(clip()), "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert [child.stdout.readline().split()[0] for _ in range(3)] == ["recording", "from", "recording"]
        yield child
        child.kill()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(local, "SERVICE_CONSOLE", folder / "nobody")
    monkeypatch.setattr(local, "HOME", folder)


def test_it_is_spoken_to_like_any_recorder(running: "subprocess.Popen[str]", here: None, folder: Path, capsys: Said):
    assert main(["status", "--local", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert [status["state"], status["board"]] == ["recording", "small"]


def visit(folder: Path, stdin: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "hal.linux.visit", str(folder / "console")]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE)


def test_a_pipe_types_at_it_and_is_answered(running: "subprocess.Popen[str]", folder: Path):
    visitor = visit(folder, stdin=subprocess.PIPE)
    said, _ = visitor.communicate(b"profile\n", timeout=30)
    assert (visitor.returncode, said.split()[:2], said.split()[-1]) == (0, [b"profile", b"screen"], b"daylog>")


def test_a_person_leaves_it_with_a_key(running: "subprocess.Popen[str]", folder: Path):
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    visitor = visit(folder, stdin=theirs)
    os.write(ours, b"\x1d\n")  # as a line, should the terminal still be one for lines
    visitor.communicate(timeout=30)
    assert (visitor.returncode, termios.tcgetattr(theirs)) == (0, before)


def test_another_one_in_its_folder_is_refused(running: "subprocess.Popen[str]", folder: Path):
    command = [sys.executable, "-m", "hal.linux.service", str(folder / "board.json"), str(folder / "state")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (1, f"another recorder is at work in {folder}/state\n")


def test_it_is_started_again_when_it_asks_for_that(running: "subprocess.Popen[str]", folder: Path):
    assert running.stdout
    with ConsoleLine(f"unix://{folder / 'console'}") as console, pytest.raises(LineError):
        console.read("reboot")
    assert running.stdout.readline() == "recording\n"


def test_what_it_recorded_comes_over_its_console(running: "subprocess.Popen[str]", here: None, folder: Path, capsys: Said):
    assert main(["pull", "--local", "-o", str(folder / "pulled"), "--json"]) == 0
    (pulled,) = json.loads(capsys.readouterr().out)
    assert [pulled["sha256"] != "", verify(pulled["file"]).verdict] == [True, "lossless"]


def test_ctrl_c_closes_the_segment(running: "subprocess.Popen[str]", here: None, folder: Path, capsys: Said):
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    report = verify(str(folder / "card"))
    assert main(["status", "--local"]) == 1
    assert [running.returncode, said] == [0, f"closed; next: daylog verify {folder}/card\n"]
    assert [report.verdict, report.segments] == ["lossless", 2]
    assert json.loads((folder / "state" / "nvs.json").read_text())["ending"] == "soft"
    assert "no recorder runs on this computer" in capsys.readouterr().err


def test_no_recorder_runs_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said):
    monkeypatch.setattr(local, "SERVICE_CONSOLE", tmp_path / "nobody")
    monkeypatch.setattr(local, "HOME", tmp_path)
    assert main(["status", "--local"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "daylog: no recorder runs on this computer"


def test_what_cannot_record_is_refused_before_anything_is_made(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    microcontroller = boards.microcontrollers()[0]
    for arguments in (["--board", microcontroller], ["--profile", "none"], [], ["--video", str(tmp_path / "none")]):
        assert main(["run", "--folder", str(tmp_path / "made"), *arguments]) in (1, 2)
    assert [line for line in capsys.readouterr().err.splitlines() if line.startswith("daylog:")] == [
        f"daylog: board {microcontroller} is no computer",
        "daylog: board linux_desktop has no profile none",
        "daylog: there is no program ffmpeg",
        f"daylog: there is no video {tmp_path / 'none'}",
    ]
    assert not (tmp_path / "made").exists()
