# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""hal/linux over real programs, folders and sockets. CPython only."""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "host"))
from h264 import encoded

from hal.drivers.max17048 import Max17048
from hal.linux import encoder, i2c, programs, watchdog, wifi
from hal.linux.board import RESTART, Board
from hal.linux.camera import Camera
from hal.linux.card import Card
from hal.linux.console import Callers
from hal.linux.nvs import Nvs
from hal.linux.watchdog import Watchdog

STREAM = encoded(frames=12, keyint=4)
PROFILE = {"encoder": "only", "width": 64}


def program(tmp_path: Path, name: str, script: str) -> str:
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# -- camera ----------------------------------------------------------------------------------------


@pytest.fixture
def stream(tmp_path):
    path = tmp_path / "stream"
    path.write_bytes(STREAM)
    return path


def taken(camera: Camera) -> tuple[list[bytes], str]:
    """Every frame until the camera fails, and what it says then."""
    frames = []
    while True:
        try:
            if not camera.available():
                time.sleep(0.001)
                continue
        except OSError as error:
            return frames, error.args[-1]
        frame = camera.capture()
        assert frame is not None and camera.waited_ms() >= 0
        frames.append((bytes(frame), camera.keyframe()))
        camera.release()


def opened(*command: str) -> Camera:
    camera = Camera({"only": list(command)})
    camera.open(PROFILE)
    return camera


def test_frames_are_those_of_the_program(stream):
    frames, said = taken(opened("cat", str(stream)))
    assert b"".join(data for data, _ in frames) == STREAM
    assert [number for number, (_, key) in enumerate(frames) if key] == [0, 4, 8]
    assert said == "cat has ended with code 0"


def test_an_encoder_is_told_nothing_while_it_runs(stream):
    with pytest.raises(OSError):
        opened("cat", str(stream)).tune("flip_x", 1)


def test_a_program_that_fails_is_explained_and_its_last_frame_left_out(tmp_path, stream):
    frames, said = taken(opened(program(tmp_path, "rpicam-vid", f"cat {stream}; echo no camera >&2; exit 3")))
    assert (len(frames), said) == (11, "rpicam-vid has ended with code 3: no camera")


def test_a_program_that_falls_silent_is_noticed(tmp_path, stream, monkeypatch):
    monkeypatch.setattr(encoder, "STALLED_MS", 50)
    camera = opened(program(tmp_path, "ffmpeg", f"cat {stream}; exec sleep 60"))
    frames, said = taken(camera)
    camera.close()
    assert (len(frames), said) == (11, "ffmpeg has sent no frame for 50 ms")


def test_garbage_is_no_video():
    _, said = taken(opened("cat", "/dev/zero"))
    assert said == "cat: what comes is no H.264: there is no end to a frame"


def test_frames_that_nobody_takes_end_it(tmp_path, stream, monkeypatch):
    monkeypatch.setattr("hal.linux.camera.BUFFER_BYTES", 1 << 17)
    monkeypatch.setattr(encoder, "FULL_S", 0.05)
    camera = opened(program(tmp_path, "many", f"while cat {stream}; do :; done"))
    while not camera._encoder._trouble:
        time.sleep(0.001)
    frames, said = taken(camera)
    assert len(frames) > 12 and said.startswith("many: nobody has taken its frames for so long")


def test_a_program_that_does_not_want_to_end_is_ended(tmp_path, stream, monkeypatch):
    monkeypatch.setattr(encoder, "ENDING_S", 0.1)
    camera = opened(program(tmp_path, "stubborn", f"trap '' TERM; cat {stream}; while :; do sleep 0.01; done"))
    while not camera.available():
        time.sleep(0.001)
    process = camera._encoder._process
    camera.close()
    assert process.wait(10) == -signal.SIGKILL


def test_what_comes_late_from_a_program_that_cannot_be_ended_is_not_mixed_in(tmp_path, stream, monkeypatch):
    """Here a child of it holds the pipe."""
    monkeypatch.setattr(encoder, "ENDING_S", 0.05)
    os.mkfifo(tmp_path / "late")
    stuck = program(tmp_path, "stuck", f"cat {tmp_path}/late & cat {stream}; exec sleep 60")
    camera = Camera({"only": [stuck], "next": ["cat", str(stream)]})
    camera.open(PROFILE)
    while not camera.available():
        time.sleep(0.001)
    camera.open({**PROFILE, "encoder": "next"})
    (tmp_path / "late").write_bytes(b"late" * 1000)
    frames, _ = taken(camera)
    camera.close()
    assert b"".join(data for data, _ in frames) == STREAM


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(OSError, match="the program no-such-encoder cannot be started: No such file"):
        opened("no-such-encoder")


def test_it_is_told_the_profile(tmp_path, stream):
    _, said = taken(opened(program(tmp_path, "encoder", "echo $1 >&2; exit 1"), "{width}"))
    assert said == "encoder has ended with code 1: 64"


def test_it_is_told_of_the_system_what_it_wants(tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":5")
    _, said = taken(opened(program(tmp_path, "encoder", "echo $1 >&2; exit 1"), "$DISPLAY"))
    assert said == "encoder has ended with code 1: :5"


def test_what_an_error_was_about_stands_above_it(tmp_path):
    lines = ["noise", "Authorization required", "[x11grab @ 0x5607f0e6ab00] Cannot open display :5.", "", ":5: Input/output error"]
    _, said = taken(opened(program(tmp_path, "ffmpeg", "".join(f"echo '{line}' >&2\n" for line in lines) + "exit 1")))
    assert said == "ffmpeg has ended with code 1: Authorization required; Cannot open display :5.; :5: Input/output error"


def test_a_camera_can_be_opened_again_and_closed_twice(stream):
    camera = opened("cat", str(stream))
    camera.close()
    camera.open(PROFILE)
    frames, _ = taken(camera)
    camera.close()
    camera.close()
    assert len(frames) == 12


def test_a_full_buffer_makes_the_program_wait(tmp_path, stream, monkeypatch):
    monkeypatch.setattr("hal.linux.camera.BUFFER_BYTES", 1 << 17)
    camera = opened(program(tmp_path, "many", f"for i in $(seq 100); do cat {stream}; done"))
    frames, _ = taken(camera)
    assert b"".join(data for data, _ in frames) == 100 * STREAM


# -- card ------------------------------------------------------------------------------------------


def test_a_mount_point_without_its_card_is_never_written_to(tmp_path):
    with pytest.raises(OSError, match="no card is mounted at"):
        Card({"folder": str(tmp_path), "is_mounted": True}).open()


def test_what_lies_below_a_card_is_never_written_to(tmp_path):
    """With a real file system that goes away while a file on it is open."""
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(tmp_path)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    card = Card({"folder": str(tmp_path), "is_mounted": True})
    try:
        card.open()
        file = open(card.mount(None) + "/file", "wb", buffering=0)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
    file.write(b"late")
    Path(card.mount(None), "other").write_text("later")
    with pytest.raises(OSError, match="no card is mounted at"):
        card.open()
    assert list(tmp_path.iterdir()) == []


def test_a_root_of_a_file_system_is_a_card():
    card = Card({"folder": "/proc", "is_mounted": True})
    card.open()
    assert os.path.exists(card.mount(None) + "/self")
    card.unmount()
    card.unmount()


def test_what_is_written_stays_on_the_card_that_was_opened(tmp_path):
    card = Card({"folder": str(tmp_path / "card"), "is_mounted": False})
    card.open()
    mount = card.mount(None)
    (tmp_path / "card").rename(tmp_path / "gone")
    (tmp_path / "card").mkdir()
    Path(mount, "file").write_text("late")
    assert [path.name for path in tmp_path.rglob("file")] == ["file"] and (tmp_path / "gone" / "file").exists()
    card.unmount()


# -- what outlives a restart -----------------------------------------------------------------------


def test_numbers_and_texts_outlive_the_process(tmp_path):
    Nvs(str(tmp_path)).set("boot", 7)
    nvs = Nvs(str(tmp_path))
    nvs.set("hung", "uploader")
    again = Nvs(str(tmp_path))
    assert (again.get("boot", 0), again.get("hung", ""), again.get("hung", 0), again.get("none", "")) == (7, "uploader", 0, "")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"boot": "x"}'])
def test_a_spoilt_file_is_an_empty_one(tmp_path, content):
    (tmp_path / "nvs.json").write_text(content)
    assert Nvs(str(tmp_path)).get("boot", 0) == 0


def board(tmp_path: Path) -> Board:
    config = {"name": "pc", "encoders": {}, "card": {"folder": str(tmp_path), "is_mounted": False}, "wifi": {"manager": "none"}}
    return Board({**config, "profiles": {}, "led": {}, "console": "", "state": str(tmp_path)})


def test_how_it_ended_is_known_at_the_next_start(tmp_path, monkeypatch):
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    found = [board(tmp_path).reset_cause(), board(tmp_path).reset_cause()]
    board(tmp_path).reset()
    found.append(board(tmp_path).reset_cause())
    board(tmp_path).deep_sleep()
    found.append(board(tmp_path).reset_cause())
    Nvs(str(tmp_path)).set("machine_boot", "another")
    found.append(board(tmp_path).reset_cause())
    assert (found, codes) == (["power_on", "hard", "soft", "deep_sleep", "power_on"], [RESTART, 0])


# -- watchdog --------------------------------------------------------------------------------------


@pytest.fixture
def alarms(monkeypatch):
    """(seconds until the alarm) of each time it was set."""
    found = []
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: found.append(seconds))
    return found


def test_the_last_call_comes_before_the_end(alarms):
    called = []
    dog = Watchdog(lambda: called.append("bitten"))
    dog.feed()
    dog.start(30_000, lambda: called.append("last call"))
    dog.feed()
    signal.raise_signal(signal.SIGALRM)
    signal.raise_signal(signal.SIGALRM)
    assert (called, alarms) == (["last call", "bitten"], [25, 25, 5])


def test_systemd_is_told(tmp_path, alarms, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        Watchdog(lambda: None).start(30_000)
        assert [peer.recv(100) for _ in range(2)] == [b"READY=1\nWATCHDOG_USEC=30000000", b"WATCHDOG=1"]


def test_a_systemd_that_is_gone_is_no_reason_to_stop(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    watchdog.notify("WATCHDOG=1")


# -- network ---------------------------------------------------------------------------------------

NMCLI = """
echo "$*" >>"$0.arguments"
case "$*" in
  *"wifi connect open"*) exit 0;;
  "--ask --wait 20 device wifi connect home ifname wlan0 name daylog home")
    read -r key; [ "$key" = "$(printf '\\025right')" ] && exit 0
    echo "Error: Connection activation failed: Secrets were required, but not provided."; exit 4;;
  *"wifi connect"*) echo "Error: No network with SSID 'x' found."; exit 10;;
  *"device show"*) printf 'GENERAL.STATE:100 (connected)\\nIP4.DNS[1]:192.0.2.1\\n';;
  *"wifi list"*) printf 'home:80:WPA2\\na\\\\:b:20:\\n';;
esac
"""


@pytest.fixture
def nmcli(tmp_path, monkeypatch):
    program(tmp_path, "nmcli", NMCLI)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return wifi.open_wifi({"manager": "nmcli", "interface": "wlan0"})


JOININGS = [("home", "right", "connected"), ("home", "wrong", "wrong_key"), ("open", "", "connected"), ("open", "right", "connected")]


@pytest.mark.parametrize(("ssid", "key", "end"), [*JOININGS, ("x", "", "no_ap"), ("x", "right", "no_ap")])
def test_joining_ends_as_the_program_says(nmcli, ssid, key, end):
    nmcli.connect(ssid, key)
    states = [nmcli.state()]
    while states[-1] in ("connecting", "no_address"):
        time.sleep(0.001)
        states.append(nmcli.state())
    assert (states[-1], nmcli.name_server()) == (end, "192.0.2.1" if end == "connected" else "")


def test_a_key_is_in_no_argument(nmcli, tmp_path):
    nmcli.connect("home", "right")
    while nmcli.state() != "connected":
        time.sleep(0.001)
    said = (tmp_path / "nmcli.arguments").read_text()
    assert said.splitlines()[0] == "connection delete id daylog home" and "right" not in said


@pytest.mark.parametrize("key", ["right\n", "\x15right", "right\x7f", "r" * 65])
def test_a_key_that_no_network_can_have_is_told_to_nobody(nmcli, tmp_path, key):
    nmcli.connect("home", key)
    assert (nmcli.state(), (tmp_path / "nmcli.arguments").exists()) == ("wrong_key", False)


def test_a_program_may_end_without_listening():
    asked = programs.Asked(("true",), "a" * 60_000)
    assert (asked.wait(), asked.said) == (0, "")


def test_who_is_told_something_hears_the_end_of_it():
    asked = programs.Asked(("cat",), "käse\n")
    assert (asked.wait(), asked.said) == (0, "käse\n")


def test_networks_are_heard(nmcli):
    assert nmcli.scan() == [("home", -60, True), ("a:b", -90, False)]


def terse(value: str) -> str:
    """As `nmcli -t` writes it."""
    return value.replace("\\", "\\\\").replace(":", "\\:")


NAMES = st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",)), max_size=32) | st.text(":\\a", max_size=8)


@given(st.lists(st.tuples(NAMES, st.integers(0, 100), st.sampled_from(["", "WPA2", "WPA1 WPA2"]))))
def test_networks_may_be_called_whatever_they_like(rows):
    said = "".join(f"{terse(ssid)}:{signal}:{security}\n" for ssid, signal, security in rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wifi, "Asked", lambda words: words)
        patched.setattr(wifi, "_told", lambda words: said + "half a row\n")
        heard = wifi.Wifi("wlan0").scan()
    assert heard == [(ssid, signal // 2 - 100, bool(security)) for ssid, signal, security in rows]


def test_without_a_network_manager_it_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OSError, match="there is no nmcli"):
        wifi.open_wifi({"manager": "nmcli", "interface": "wlan0"}).active(True)


def test_a_network_manager_that_does_not_run_is_said(tmp_path, monkeypatch):
    program(tmp_path, "nmcli", "echo 'Error: NetworkManager is not running.' >&2; exit 8")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(OSError, match="NetworkManager does not run"):
        wifi.open_wifi({"manager": "nmcli", "interface": "wlan0"}).active(True)


def test_signal_strength_is_that_of_the_interface():
    told = "Inter-| sta-|   Quality\n face | tus | link level noise\n wlan0: 0000   54.  -56.  -256        0\n"
    assert (wifi._signal(told, "wlan0"), wifi._signal(told, "wlan1")) == (-56, 0)


# -- chips and people ------------------------------------------------------------------------------


def test_the_shared_drivers_work_over_its_bus(monkeypatch):
    """A MAX17048 behind I2C_RDWR."""
    registers = {0x02: 0xC000, 0x04: 0x3280, 0x08: 0x0012}
    monkeypatch.setattr(os, "open", lambda path, flags: {"/dev/i2c-1": 9}[path])

    def ioctl(fd, request, transfer):
        assert (fd, request) == (9, 0x0707)
        rows = [transfer.messages[number] for number in range(transfer.count)]
        assert {row.address for row in rows} == {0x36}
        sent = i2c.ctypes.string_at(rows[0].data, rows[0].length)
        if len(rows) == 2:
            i2c.ctypes.memmove(rows[1].data, registers.get(sent[0], 0).to_bytes(2, "big"), 2)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    gauge = Max17048(i2c.I2c(1))
    gauge.read()
    assert (gauge.battery_mv, gauge.percent) == (3840, 50)


def test_callers_share_the_console(tmp_path):
    path, heard = str(tmp_path / "console"), []

    def call() -> None:
        with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
            for caller, word in ((one, b"one"), (two, b"two")):
                caller.connect(path)
                caller.sendall(word)
                heard.append(caller.recv(100))
            heard.append(one.recv(100))

    async def serve() -> list[bytes]:
        console, words = Callers(path), []
        reading = asyncio.ensure_future(console.stdin.read(100))
        await asyncio.sleep(0)
        while not os.path.exists(path):
            await asyncio.sleep(0.001)
        thread = threading.Thread(target=call)
        thread.start()
        for _ in range(2):
            words.append(await reading)
            console.write(b"> " + words[-1])
            reading = asyncio.ensure_future(console.stdin.read(100))
        await asyncio.to_thread(thread.join)
        reading.cancel()
        return words

    assert (asyncio.run(serve()), heard) == ([b"one", b"two"], [b"> one", b"> two", b"> two"])


def test_who_does_not_listen_is_told_no_more(tmp_path):
    path = str(tmp_path / "console")

    async def serve() -> int:
        console = Callers(path)
        reading = asyncio.ensure_future(console.stdin.read(100))
        await asyncio.sleep(0)
        while not os.path.exists(path):
            await asyncio.sleep(0.001)
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(path)
            caller.sendall(b"?")
            await reading
            for _ in range(40):
                console.write(b"x" * 100_000)
            return sum(writer.transport.get_write_buffer_size() for writer in console._writers)

    assert 1 << 20 <= asyncio.run(serve()) < 2 << 20
