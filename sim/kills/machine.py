# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A computer on which the real service runs in real time, and is killed.

machine = Machine(folder, store.settings)
at_ms = machine.run(number=1, seconds=1.3, kill=True)     # SIGKILL, to it and to its encoder
machine.history().leave("posix", seed, machine.disk)      # what the disk has of that is what there is now
machine.produced()                                        # the frames of that run
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from host_tools.clips import clip
from sim import stream
from sim.computer import SYSTEM_FILES, small_board
from sim.kills import source
from sim.kills.victim import BOARD, DISK, FOLDERS, SYSTEM, TAPE
from sim.linux import tape
from sim.linux.remains import History
from sim.world import store_settings

INTERVAL_MS = 1000  # commit_interval_ms
CAPACITY_MB = 72  # a new segment wants 71.3 MB to be free: what is stored is removed for it
FPS = 100
_ENDS_WELL_S = 30
_ROUTES = "Iface\tDestination\tGateway\neth0\t00000000\t0100000A\n"


class Frame(NamedTuple):
    """One that the source gave, and when: by the machine's clock."""

    number: int
    at_ms: float


class Machine:
    """`disk`: what the system shows, `before`: what the disk held when the last run began. `sabotage`: Python for the service. `boots`: of
    the machine itself, which the service can tell from its own."""

    def __init__(self, folder: Path, store: dict[str, Any], sabotage: str = "") -> None:
        self._sabotage = sabotage
        self.folder = folder.resolve()
        self.disk, self.before, self.tape = self.folder / DISK, self.folder / "before", self.folder / TAPE
        self._frames, self.console = self.folder / "frames.log", self.folder / "console.log"
        self._read_bytes, self.boots = 0, 1
        board = small_board(fps=FPS, bitrate=1_000_000)
        self.reel = stream.make(clip(), board["profiles"][board["default_profile"]])
        for name in FOLDERS:
            (self.disk / name).mkdir(parents=True, exist_ok=True)
        for path, content in {**SYSTEM_FILES, "proc/net/route": _ROUTES}.items():
            file = self.folder / SYSTEM / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        encoder = [sys.executable, "-S", "-E", source.__file__, str(self.reel), str(self._frames)]
        card = {"folder": str(self.disk / FOLDERS[0]), "is_mounted": False}
        config = {**board, "encoders": dict.fromkeys(board["encoders"], encoder), "card": card, "wifi": {"manager": "none"}}
        (self.folder / BOARD).write_text(json.dumps(config))
        self._settings = {
            "device_id": "killed",
            "commit_interval_ms": INTERVAL_MS,
            "segment_ms": 1000,
            "wifi": [{"ssid": "home", "key": ""}],
            "store": store_settings(store),
        }

    def run(self, number: int, seconds: float, kill: bool) -> float:
        """Start the service, and kill it or ask it to end; returns when that was, by the machine's clock (ms)."""
        child = self.start(number)
        time.sleep(seconds)
        ended_ms = time.monotonic() * 1000
        os.killpg(child.pid, signal.SIGKILL) if kill else child.terminate()
        child.communicate(timeout=_ENDS_WELL_S)
        return ended_ms

    def start(self, number: int) -> "subprocess.Popen[bytes]":
        self._prepare()
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.disk, self.before)
        self.tape.write_bytes(b"")
        command = [sys.executable, "-m", "sim.kills.victim", str(self.folder), str(CAPACITY_MB), self._sabotage]
        with self.console.open("ab") as log:
            log.write(f"--- boot {number}\n".encode())
            log.flush()
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)

    def _prepare(self) -> None:
        """That the service never lives for long is forgotten: it would stay in safe mode, without uploads."""
        (self.folder / SYSTEM / "proc/sys/kernel/random/boot_id").write_text(f"{self.boots}\n")
        state = self.disk / FOLDERS[1]
        (state / "settings.json").write_text(json.dumps(self._settings))
        if (state / "nvs.json").exists():
            values = json.loads((state / "nvs.json").read_text())
            (state / "nvs.json").write_text(json.dumps({**values, "starts": 0}))

    def history(self) -> History:
        """Of the disk, in the last run."""
        return History(self.before, tape.read(self.tape))

    def produced(self) -> list[Frame]:
        """The frames since the last time."""
        with self._frames.open("ab+") as file:
            file.seek(self._read_bytes)
            rows = [line.split() for line in file.read().splitlines()]
            self._read_bytes = file.tell()
        return [Frame(int(number), float(at_ms)) for number, at_ms in rows]
