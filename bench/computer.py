# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real service on a real 1080p stream of 3 GB/h, in real time: what it takes of a core, beside `cat` of that stream to the same disk.

The two run at the same moment, each with an encoder of its own, whose time is not counted; nor is what it takes to start. Then the
service records again while it uploads a backlog as fast as it can: that must cost no frame.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.record import PART_BYTES, Whole
from host_tools import store
from host_tools.boards import load
from host_tools.clips import clip
from host_tools.errors import DaylogError
from host_tools.footage import load as footage
from host_tools.sources import open_source, read_store_file
from host_tools.verify import verify
from sim import stream
from sim.computer import SYSTEM_FILES
from sim.world import store_settings

BOARD, BITRATE = "pi_zero_2w", 6_700_000  # 3 GB/h
SCREEN = {"width": 1280, "height": 720, "fps": 10, "bitrate": 2_000_000}
WARM_UP_S, MEASURED_S, ENDING_S, PATIENCE_S = 3, 20, 10, 120
BACKLOG = 12  # segments of a minute each that wait for the store
ROUTES = "Iface\tDestination\tGateway\neth0\t00000000\t0100000A\n"
START = """
import sys, time
from hal.linux import service, system
def refuse(*_): raise PermissionError(1, "the clock is the machine's")
system.root, time.clock_settime = sys.argv[1], refuse
service.main(sys.argv[2:])
"""
STORED = re.compile(r"\[ *([0-9.]+)\] stored: ")
_TICKS_S = os.sysconf("SC_CLK_TCK")


def board_file(folder: Path, encoder: list[str], screen: list[str] | None = None) -> Path:
    """The data of the board, with its disk in `folder`; and with the encoder of a screen that is recorded beside the camera."""
    board = load(BOARD)
    profile = {**board["profiles"][board["default_profile"]], "bitrate": BITRATE}
    (folder / "card").mkdir(parents=True)
    (folder / "state").mkdir()
    profiles, encoders = {board["default_profile"]: profile}, {profile["encoder"]: encoder}
    if screen:
        profiles["screen"], encoders["screen"], profile["beside"] = {**profile, **SCREEN, "encoder": "screen"}, screen, ["screen"]
    changed: dict[str, Any] = {"profiles": profiles, "encoders": encoders}
    changed |= {"card": {"folder": str(folder / "card"), "is_mounted": False}, "led": {}, "wifi": {"manager": "none"}}
    path = folder / "board.json"
    path.write_text(json.dumps({**board, **changed}))
    return path


def full_rate(**profile: Any) -> list[str]:
    """The command of an encoder that gives 3 GB/h, in real time; or what another profile asks for."""
    board = load(BOARD)
    reel = stream.make(clip(), {**board["profiles"][board["default_profile"]], "bitrate": BITRATE, **profile})
    return [sys.executable, "-m", "sim.stream", str(reel)]


@contextmanager
def service(folder: Path, config: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """The recorder as systemd would start it, below a system of its own, whose clock it may not set; it ends in order."""
    for path, content in {**SYSTEM_FILES, "proc/net/route": ROUTES}.items():
        file = folder / "root" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    with (folder / "console.log").open("wb") as log:
        command = [sys.executable, "-c", START, str(folder / "root"), str(config), str(folder / "state")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as child:
            yield child
            child.terminate()
            child.communicate(timeout=ENDING_S)


@contextmanager
def cat(encoder: list[str], to: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen(encoder, stdout=subprocess.PIPE) as source, to.open("wb") as file:
        yield subprocess.Popen(["cat"], stdin=source.stdout, stdout=file)
        source.terminate()


def cpu_s(pid: int) -> float:
    """User and system time of a process with its threads, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


def recording_core(folder: Path) -> dict[str, float]:
    """What the service and `cat` take of one core, and what was lost meanwhile."""
    encoder = full_rate()
    config = board_file(folder, encoder)
    with service(folder, config) as ours, cat(encoder, folder / "cat.h264") as theirs:
        cores = cores_of(ours, theirs)
    found = {"recording_core": cores[0], "cat_core": cores[1]}
    return {**found, "recording_gaps": losses(folder / "card"), "frame_jitter_ms": jitter_ms(folder / "card")}


def streams_core(folder: Path) -> dict[str, float]:
    """What the service takes with a screen beside the camera at full rate."""
    with service(folder, board_file(folder, full_rate(), full_rate(**SCREEN))) as ours:
        cores = cores_of(ours)
    return {"streams_core": cores[0], "streams_gaps": losses(folder / "card")}


def cores_of(*children: "subprocess.Popen[bytes]") -> list[float]:
    """What each takes of one core, once it has started."""
    time.sleep(WARM_UP_S)
    before = [cpu_s(child.pid) for child in children]
    began_s = time.monotonic()
    time.sleep(MEASURED_S)
    took_s = time.monotonic() - began_s
    return [(cpu_s(child.pid) - start) / took_s for child, start in zip(children, before, strict=True)]


def losses(card: Path) -> int:
    report = verify(card)
    return len(report.gaps) + len(report.problems)


def recording_while_uploading(folder: Path) -> dict[str, float]:
    """The same with a backlog that goes to a store on this machine as fast as it can."""
    config = board_file(folder, full_rate())
    frames = [bytes(range(256)) * 129] * 16
    for _ in range(BACKLOG):
        whole = Whole(frames, PART_BYTES, str(folder / "card"))
        whole.frames(1500)
        whole.end()
    waiting_bytes = sum(file.stat().st_size for file in (folder / "card").rglob("*.mcap"))
    info = store.up(folder / "store")
    try:
        settings = {"wifi": [{"ssid": "home", "key": ""}], "store": store_settings(read_store_file(info.store_file))}
        (folder / "state" / "settings.json").write_text(json.dumps(settings))
        with service(folder, config):
            ended_s = all_stored_s(folder / "console.log")
    finally:
        store.down(folder / "store")
    found = {"uploading_mb_s": waiting_bytes / 1e6 / ended_s, "uploading_gaps": losses(folder / "card")}
    return {**found, "uploading_frame_jitter_ms": jitter_ms(folder / "card")}


def all_stored_s(console: Path) -> float:
    """The service's uptime when the last of the backlog was stored."""
    for _ in range(PATIENCE_S):
        time.sleep(1)
        stored = STORED.findall(console.read_text(errors="replace"))
        if len(stored) >= BACKLOG:
            return float(stored[BACKLOG - 1])
    raise DaylogError("the backlog was not uploaded", f"read {console}")


def jitter_ms(card: Path) -> float:
    """By how much the time from one frame to the next departs from the encoder's; 99 of 100 depart less. Of the last boot."""
    with open_source(card) as source:
        boot = footage(source).boots[-1]
    times = [frame.uptime_ns for frame in boot.frames]
    apart = sorted(abs(later - earlier - boot.period_ns) for earlier, later in pairwise(times))
    return apart[len(apart) * 99 // 100] / 1e6
