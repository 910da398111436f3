# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated board that can be flashed, in a thread of the test, and the programs that talk to it."""

import re
import selectors
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import serial
from PIL import Image

from sim.options import Options, find_board
from sim.ports import Port, PtyPort
from sim.rom.nor import NorFlash
from sim.rom.serve import board, flash_of
from sim.rom.stand_in import firmware

XIAO = "xiao_esp32s3_sense"
PATIENCE_S = 30


def clip(folder: Path) -> Path:
    """A short moving picture."""
    path = folder / "clip.gif"
    pictures = [Image.new("RGB", (320, 240), (40 * n, 128, 255 - 40 * n)) for n in range(6)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=50)
    return path


class SimBoard:
    """`with SimBoard(folder) as board:` it runs; its flash and card stay in the folder from one time to the next."""

    def __init__(self, folder: Path, port: Port | None = None, unplug_at: int | None = None, facts: dict[str, Any] | None = None) -> None:
        self.facts = facts or find_board(XIAO)
        self._options = Options(
            board=self.facts, video=clip(folder), seconds=1, out=folder / "run", profile=smallest(self.facts), wifi_from=0
        )
        self.flash: NorFlash = flash_of(self._options, folder / "flash.bin", erased=False)
        self._bridge = board(self._options, self.flash, port or PtyPort(folder / "port"), unplug_at)
        self.port = self._bridge.path
        self._plug, socket_in_the_wall = socket.socketpair()
        self._bridge._selector.register(socket_in_the_wall, selectors.EVENT_READ, self._bridge.leave)
        self._thread = threading.Thread(target=self._bridge.run, daemon=True)

    def __enter__(self) -> "SimBoard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._plug.close()
        self._thread.join(PATIENCE_S)

    def open(self) -> serial.Serial:
        return serial.serial_for_url(self.port, timeout=PATIENCE_S)

    def hears(self, awaited: str, typed: bytes = b"") -> str:
        """What the board says until it says that; the test fails if it does not."""
        with self.open() as line:
            line.write(typed)
            heard = line.read_until(awaited.encode()).decode(errors="replace")
        assert heard.endswith(awaited), f"{awaited!r} did not come, only {heard[-500:]!r}"
        return heard

    def esptool(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return run("esptool", "--port", self.port, "--before", "no-reset", "--after", "no-reset", *words)

    def firmware(self, folder: Path) -> Path:
        """A file to flash it with."""
        path = folder / "firmware.bin"
        path.write_bytes(firmware(self.facts))
        return path


def run(program: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """A program of this environment, as it comes."""
    command = [str(Path(sys.executable).with_name(program)), *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * PATIENCE_S)


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def smallest(facts: dict[str, Any]) -> str:
    """The profile that costs least to simulate."""
    return min(facts["profiles"], key=lambda name: facts["profiles"][name]["fb_bytes"])
