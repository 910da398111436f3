# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog run --profile screen`: a real X server's screen, recorded by the real FFmpeg, is what the film shows."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from host_tools.cli import main
from host_tools.clips import clip
from host_tools.console_line import ConsoleLine
from host_tools.verify import verify

PROGRAMS = [name for name in ("Xvfb", "xsetroot", "ffmpeg") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(PROGRAMS), reason=f"there is no {', '.join(PROGRAMS)}")

COLOURS = {"red": (192, 32, 32), "blue": (32, 32, 192), "black": (0, 0, 0)}
FRAMES = 20
_BOARD = """\
based_on = "linux_desktop"
[profiles.screen]
width = 320
height = 180
fps = 20
bitrate = 300000
chunk_bytes = 131072

[profiles.webcam_screen]
width = 160
height = 120
fps = 20
bitrate = 300000
chunk_bytes = 262144
"""


class Screen:
    """`display` is its name, which no other takes once it is gone: servers look for a free one from :0 up."""

    display = f":{1000 + os.getpid() % 50_000}"

    def __init__(self, size: str) -> None:
        """Returns when it is there."""
        command = ["Xvfb", self.display, "-displayfd", "1", "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._server.stdout and self._server.stdout.readline()

    def fill(self, colour: str) -> None:
        rgb = "#{:02x}{:02x}{:02x}".format(*COLOURS[colour])
        subprocess.run(["xsetroot", "-display", self.display, "-solid", rgb], check=True)

    def end(self) -> None:
        self._server.terminate()
        self._server.wait()


@pytest.fixture
def screen() -> Iterator[Screen]:
    """Of another shape than the film."""
    made = Screen("640x480")
    yield made
    made.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "board.toml").write_text(_BOARD)
    return tmp_path


@contextmanager
def recorder(folder: Path, display: str, *more: str, profile: str = "screen") -> Iterator["subprocess.Popen[str]"]:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background ignores Ctrl-C, and so would it
    where = ["--board", str(folder / "small"), "--folder", str(folder)]
    command = [sys.executable, "-m", "host_tools", "run", "--profile", profile, *where, *more]
    environment = {**os.environ, "DISPLAY": display}
    environment.pop("WAYLAND_DISPLAY", None)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.terminate()


def said(child: "subprocess.Popen[str]", lines: int) -> list[str]:
    assert child.stdout
    return [child.stdout.readline().strip() for _ in range(lines)]


def wait_for_frames(folder: Path, more: int) -> None:
    with ConsoleLine(f"unix://{folder / 'console'}") as console:
        first = console.ask("status")["frames_seen"]
        while console.ask("status")["frames_seen"] < first + more:
            time.sleep(0.05)


def ended(child: "subprocess.Popen[str]") -> int:
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    return child.returncode


def colours(film: Path, x: float) -> list[str]:
    """Of a place half-way down the pictures, each for as long as it stays: its names, one after another."""
    seen: list[str] = []
    with av.open(str(film)) as video:
        for frame in video.decode(video=0):
            picture = frame.to_ndarray(format="rgb24")
            pixel = picture[frame.height // 2, int(x * frame.width)].astype(int)
            name = min(COLOURS, key=lambda name: sum(abs(pixel - COLOURS[name])))
            seen += [name] if seen[-1:] != [name] else []
    return seen


def test_the_film_shows_what_was_on_the_screen(screen: Screen, folder: Path):
    screen.fill("red")
    with recorder(folder, screen.display) as child:
        assert said(child, 3)[2] == "recording"
        wait_for_frames(folder, FRAMES)
        screen.fill("blue")
        wait_for_frames(folder, FRAMES)
        assert ended(child) == 0
    report = verify(str(folder / "card"))
    assert main(["export", str(folder / "card"), "-o", str(folder / "film.mp4")]) == 0
    assert report.verdict != "damaged" and report.frames >= 2 * FRAMES  # a computer that is busy elsewhere may lose some
    assert (colours(folder / "film.mp4", 0.3), colours(folder / "film.mp4", 0.03)) == (["red", "blue"], ["black"])


def test_a_screen_is_recorded_beside_a_film_in_the_place_of_the_camera(screen: Screen, folder: Path):
    screen.fill("red")
    with recorder(folder, screen.display, "--video", str(clip()), profile="webcam_screen") as child:
        assert said(child, 3)[2] == "recording"
        wait_for_frames(folder, 2 * FRAMES)
        screen.fill("blue")
        wait_for_frames(folder, 2 * FRAMES)
        assert ended(child) == 0
    report = verify(str(folder / "card"))
    assert main(["export", str(folder / "card"), "-o", str(folder / "film.mp4"), "--stream", "screen"]) == 0
    assert (report.verdict, report.frames >= 4 * FRAMES, report.beside["screen"] > 2 * FRAMES) == ("lossless", True, True)
    assert colours(folder / "film.mp4", 0.3) == ["red", "blue"]


def test_a_screen_may_come_back_in_another_size(screen: Screen, folder: Path):
    screen.fill("red")
    with recorder(folder, screen.display) as child:
        assert said(child, 3)[2] == "recording"
        screen.end()
        again = Screen("1280x720")
        again.fill("blue")
        wait_for_frames(folder, FRAMES)
        assert ended(child) == 0
    again.end()
    report = verify(str(folder / "card"))
    assert main(["export", str(folder / "card"), "-o", str(folder / "film.mp4")]) == 0
    assert report.verdict == "lossy" and "camera" in {gap["cause"] for gap in report.gaps}
    assert (colours(folder / "film.mp4", 0.3)[-1], colours(folder / "film.mp4", 0.03)[-1]) == ("blue", "blue")


def test_a_screen_that_is_not_there_is_waited_for(screen: Screen, folder: Path):
    screen.end()
    with recorder(folder, screen.display) as child:
        first = said(child, 4)
        assert ended(child) == 0
    assert first[2:3] == ["waiting"] and f"Cannot open display {screen.display}" in first[3]
    assert verify(str(folder / "card")).verdict == "lossy"


def test_without_a_display_nothing_is_begun(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["run", "--profile", "screen", "--folder", str(folder / "made")]) == 2
    assert capsys.readouterr().err.splitlines()[0] == "daylog: there is no screen here: DISPLAY is not set"
    assert not (folder / "made").exists()
