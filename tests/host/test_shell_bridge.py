# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog sim shell`: a person, a program and unmodified mpremote at the console of a simulated board."""

import json
import os
import pty
import random
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from host_tools.console_line import ConsoleLine
from host_tools.footage import load
from host_tools.sources import open_source
from host_tools.verify import verify
from sim import truth
from sim.bridge import LEAVE_KEY
from sim.runner import ASLEEP, End, History

ROOT = Path(__file__).resolve().parents[2]
PROMPT = b"daylog> "
PATIENCE_S = 30


class Line:
    """A terminal program attached to a serial port."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def until(self, awaited: bytes) -> bytes:
        """Everything up to what is awaited; the test fails if it does not come."""
        heard, deadline = b"", time.monotonic() + PATIENCE_S
        while not heard.endswith(awaited):
            assert time.monotonic() < deadline, f"{awaited!r} did not come, only {heard[-500:]!r}"
            if select.select([self.fd], [], [], 0.1)[0]:
                heard += os.read(self.fd, 1)
        return heard

    def type(self, keys: bytes, awaited: bytes, ending: bytes = PROMPT) -> list[str]:
        """Type, wait for what must come and the prompt behind it, and return all the rows. Log lines may be among them."""
        os.write(self.fd, keys)
        return (self.until(awaited) + self.until(ending)).decode(errors="replace").split("\r\n")


class Shell:
    """A running `daylog sim shell`."""

    def __init__(self, clip: Path, *more: str, stdin: int = subprocess.DEVNULL) -> None:
        command = [sys.executable, "-m", "host_tools", "sim", "shell", "--board", "xiao_esp32s3_sense", "--profile", "qvga20"]
        self.process = subprocess.Popen(
            [*command, "--video", str(clip), "--json", *more],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            bufsize=0,
        )
        assert self.process.stdout
        self.about = json.loads(self.process.stdout.readline())

    def attach(self) -> Line:
        return Line(os.open(self.about["pty"], os.O_RDWR | os.O_NOCTTY))

    def mpremote(self, *command: str) -> "subprocess.CompletedProcess[str]":
        line = [str(Path(sys.executable).with_name("mpremote")), "connect", self.about["pty"], *command]
        return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "clip.gif"
    pictures = [Image.new("RGB", (320, 240), (40 * n, 128, 255 - 40 * n)) for n in range(6)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=50)
    return path


@pytest.fixture(scope="module")
def shell(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    out = tmp_path_factory.mktemp("shell")
    with Shell(clip, "--out", str(out)) as running:
        yield running
    shutil.rmtree(out)


@pytest.fixture
def console(shell: Shell) -> Iterator[Line]:
    """The firmware's console, whatever the test before has left on the line."""
    line = shell.attach()
    os.write(line.fd, b"\x03\r\x02")
    if PROMPT not in line.until(b"> "):
        os.write(line.fd, b"\x04")  # the Python prompt: a soft reset starts the recorder
        line.until(PROMPT)
    line.type(b"log --json\r", b'"kind": "boot"')
    yield line
    os.close(line.fd)


def test_help_lists_and_explains(console: Line):
    rows = console.type(b"help\r", b"a line of JSON.")
    assert [row.split()[0] for row in rows if row.startswith(("help ", "status ", "log "))] == ["help", "status", "log", "help"]
    console.type(b"help pause\r", b"usage    pause [minutes]\r\n")


def test_completion_and_history(console: Line):
    console.type(b"he\tpau\t\r", b"usage    pause [minutes]\r\n")
    console.type(b"\x1b[A\r", b"usage    pause [minutes]\r\n")


def test_unknown_command(console: Line):
    console.type(b"statsu\r", b"There is no command statsu.\r\n  Did you mean status?\r\n")


def test_json_is_one_line(console: Line):
    rows = console.type(b"status --json\r", b"}\r\n")
    assert [json.loads(row)["board"] for row in rows if row.startswith("{")] == ["xiao_esp32s3_sense"]


def test_ten_thousand_random_bytes(console: Line):
    noise, sent = random.Random(7).randbytes(10_000), 0
    while sent < len(noise):
        readable, writable, _ = select.select([console.fd], [console.fd], [])
        if readable:
            os.read(console.fd, 4096)
        if writable:
            sent += os.write(console.fd, noise[sent : sent + 256])
    console.type(b"\x03\rhelp resume\r", b"example  resume\r\n")


def test_mpremote_runs_code_and_tells_success(shell: Shell, console: Line):
    done = shell.mpremote("exec", "print(6 * 7)")
    assert (done.returncode, done.stdout) == (0, "42\n")
    done = shell.mpremote("exec", "raise ValueError(1)")
    assert done.returncode == 1 and "ValueError: 1" in done.stdout + done.stderr


def test_mpremote_sees_the_board_s_files(shell: Shell, console: Line):
    listed = shell.mpremote("fs", "ls")
    assert listed.returncode == 0 and all(name in listed.stdout for name in ("main.py", "board.json", "firmware/"))
    assert " /\n" in shell.mpremote("df").stdout


def test_mpremote_copies_every_byte(shell: Shell, console: Line, tmp_path: Path):
    there, back = tmp_path / "there.bin", tmp_path / "back.bin"
    there.write_bytes(bytes(range(256)) * 40)
    assert shell.mpremote("fs", "cp", str(there), ":copy.bin").returncode == 0
    assert shell.mpremote("fs", "cp", ":copy.bin", str(back)).returncode == 0
    assert back.read_bytes() == there.read_bytes()


def test_mpremote_finds_the_segment_closed(shell: Shell, console: Line):
    """The knock closes the segment: the next boot has nothing to recover."""
    shell.mpremote("exec", "pass")
    shell.mpremote("reset")
    line = shell.attach()
    line.until(b"Type help")
    rows = line.type(b"log --json\r", b'"kind": "boot"')
    os.close(line.fd)
    assert not any("recovered" in row for row in rows)


def test_repl_and_back(console: Line):
    console.type(b"repl\r", b'Type "help()"', b">>> ")
    console.type(b"6 * 7\r", b"\r\n42\r\n", b">>> ")
    console.type(b"\x04", b"MPY: soft reboot\r\n")


def test_mpremote_repl_is_a_terminal_too(shell: Shell, console: Line):
    keyboard, terminal = pty.openpty()
    command = [str(Path(sys.executable).with_name("mpremote")), "connect", shell.about["pty"], "repl"]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal) as running:
        screen = Line(keyboard)
        screen.until(b"to exit this shell\r\n")
        screen.type(b"\rhelp resume\r", b"example  resume\r\n")
        os.write(keyboard, LEAVE_KEY)
        assert running.wait(PATIENCE_S) == 0
    os.close(keyboard)
    os.close(terminal)


def test_reboot_starts_again(console: Line):
    console.type(b"reboot\r", b"Closing the segment, then rebooting.\r\n", b"rst: hard\r\n")
    console.until(PROMPT)


def test_shutdown_sleeps_until_a_key(console: Line):
    console.type(b"shutdown\r", b"Closing the segment, then sleeping until reset.\r\n", b"reset button.\r\n")
    console.type(b"x", b"Type help")


FILES = {"hello.py": "print('hello')\n", "pkg/package.json": '{"urls": [["pkg_hello.py", "hello.py"]], "version": "1"}', "pkg/hello.py": ""}
ROUND = (  # as one types it; {here} is a folder with those files
    "exec 'print(6 * 7)' + eval '1 + 1'",
    "run {here}/hello.py",
    "fs mkdir :d + fs cp {here}/hello.py :d/ + fs cat :d/hello.py + fs sha256sum :d/hello.py",
    "fs tree :d + fs rm :d/hello.py + fs rmdir :d + df",
    "mount {here} exec 'import hello' + umount",
    "mip install {here}/pkg/package.json",
    "romfs query",
    "rtc + soft-reset + exec pass",
)


def test_the_recording_goes_on_after_each_tool_and_all_is_accounted_for(clip: Path, tmp_path: Path):
    """Between two boots nobody captures; in each boot every frame is there, but for what a busy computer costs."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    out = tmp_path / "run"
    with Shell(clip, "--out", str(out)) as shell:
        codes = []
        for words in ROUND:
            wait_for_footage(shell)
            codes.append(shell.mpremote(*shlex.split(words.format(here=tmp_path)), "+", "reset").returncode)
        wait_for_footage(shell)
        line = shell.attach()
        line.type(b"shutdown\r", b"then sleeping until reset.\r\n", b"reset button.\r\n")
        os.close(line.fd)
        found = fates(out)
    report, boots = verify(str(out / "card.img")), len(ROUND) + 1
    assert [codes, report.problems, found.keys() - {"recorded", "dropped:overflow"}] == [[0] * len(ROUND), [], set()]
    assert [report.frames, report.segments, [row["boot"] for row in report.dates]] == [found["recorded"], boots, list(range(1, boots + 1))]


def wait_for_footage(shell: Shell) -> None:
    """A frame has become durable in this boot."""
    with ConsoleLine(shell.about["pty"]) as console:
        console.ask("camera snap")


def fates(out: Path) -> "Counter[str]":
    """What became of each frame that the camera has produced. A tool's resets are boots of the board, but none of the recorder's."""
    world = json.loads((out / "world.json").read_text())
    rows = [row.split(" ", 2) for row in Path(world["truth"]).read_text().splitlines()]
    boots = sorted({int(boot) for _, boot, _ in rows})
    raw = out / "recorder.raw"
    raw.write_text("".join(f"{n} {boots.index(int(boot)) + 1} {rest}\n" for n, boot, rest in rows))
    with open_source(out / "card.img") as source:
        history = History([End(ASLEEP, 0, {})] * len(boots), 0, 0)
        settled = truth.settle(raw, Path(world["reel"]), load(source, hashes=True), history, 50, {})
    return Counter(row.fate for row in settled)


def test_a_kill_leaves_nothing_behind(clip: Path):
    with Shell(clip) as shell:
        line = shell.attach()
        line.until(PROMPT)
        os.close(line.fd)
        children = shell.children()
        assert children and Path(shell.about["out"]).exists()
    assert not Path(shell.about["out"]).exists()
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_what_is_kept_holds_no_secret(clip: Path, tmp_path: Path):
    with Shell(clip, "--out", str(tmp_path)) as shell:
        line = shell.attach()
        line.until(PROMPT)
        os.close(line.fd)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["card.img", "console.log", "trace.jsonl"]


def test_a_person_types_right_here_and_leaves(clip: Path):
    keyboard, terminal = pty.openpty()
    with Shell(clip, stdin=terminal) as shell:
        assert shell.process.stdout
        screen = Line(shell.process.stdout.fileno())
        screen.until(PROMPT)
        os.write(keyboard, b"help resume\r")
        screen.until(b"example  resume\r\n")
        os.write(keyboard, LEAVE_KEY)
        assert shell.process.wait(PATIENCE_S) == 0
    os.close(keyboard)
    os.close(terminal)
