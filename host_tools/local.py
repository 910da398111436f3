# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A recorder on this very computer: the real service, started by a person and not by the system.

recorder = LocalRecorder(Path("~/daylog").expanduser())
recorder.prepare(board, "webcam", encoder=None)
recorder.run(print)        # until Ctrl-C
find()                     # the port of the one that runs here
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hal.linux.board import RESTART
from host_tools import boards
from host_tools.console_line import ConsoleLine, LineError
from host_tools.errors import DaylogError, UsageError
from host_tools.flashing.serial_port import PortError
from host_tools.flashing.unix_port import SCHEME

HOME = Path("~/daylog")
SERVICE_CONSOLE = Path("/run/daylog/console")
LONGEST_PATH = 107  # of a Unix socket
STARTING_S, LOOK_S, ENDING_S = 20.0, 0.3, 30.0
_ROOT = Path(__file__).resolve().parent.parent


class NoRecorder(DaylogError):
    """No recorder runs on this computer, or not one that may be spoken to, or it ended badly."""


def find() -> str:
    """The port of the recorder that runs here: the system's, or else one's own. Raises NoRecorder."""
    for path in (SERVICE_CONSOLE, LocalRecorder(HOME.expanduser()).console):
        try:
            path.stat()
        except FileNotFoundError:
            continue
        except PermissionError as error:
            raise NoRecorder("the recorder of this computer is the system's", "sudo, and the same again") from error
        return f"{SCHEME}{path}"
    raise NoRecorder("no recorder runs on this computer", "daylog run; or, of the Debian package: sudo systemctl start daylog")


class LocalRecorder:
    """Everything of it is in one folder: `card` with the footage, `state` with the settings, its console."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self.card, self.console = self._folder / "card", self._folder / "console"
        self._state, self._board = self._folder / "state", self._folder / "board.json"

    @property
    def port(self) -> str:
        return f"{SCHEME}{self.console}"

    def prepare(self, board: dict[str, Any], profile: str, encoder: list[str] | None) -> None:
        """Make the folder; `encoder` is a command that takes the place of the board's. Raises DaylogError."""
        if len(os.fsencode(self.console)) > LONGEST_PATH:
            raise UsageError(f"the path {self._folder} is too long for a console in it", "a folder nearer to the root: --folder")
        name = board["profiles"][profile]["encoder"]
        encoders = {**board["encoders"], **({name: encoder} if encoder else {})}
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        card = {"folder": str(self.card), "is_mounted": False}
        self._board.write_bytes(boards.compact({**board, "encoders": encoders, "default_profile": profile, "card": card}))

    def run(self, tell: Callable[[str], None]) -> None:
        """Until Ctrl-C, which closes the segment, or until the recorder is told to shut down. Raises NoRecorder."""
        code = RESTART
        while code == RESTART:
            code = self._start_once(tell)
            self.console.unlink(missing_ok=True)
        if code:
            raise NoRecorder(f"the recorder has ended with code {code}", f"what it recorded is safe: daylog verify {self.card}")

    def _start_once(self, tell: Callable[[str], None]) -> int:
        """A session of its own keeps the terminal's Ctrl-C from the encoder."""
        command = [sys.executable, "-m", "hal.linux.service", str(self._board), str(self._state), str(self.console)]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            tell(self._first_words(child))
            return child.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            child.terminate()
            child.wait(ENDING_S)

    def _first_words(self, child: "subprocess.Popen[bytes]") -> str:
        """What it does, as soon as it records, or is known not to; what is wrong, if it does not."""
        deadline = time.monotonic() + STARTING_S
        status: dict[str, Any] = {}
        while time.monotonic() < deadline and child.poll() is None and not _is_decided(status):
            time.sleep(LOOK_S)
            try:
                with ConsoleLine(self.port, LOOK_S * 10) as console:
                    status = console.ask("status")
            except (PortError, LineError):  # it is not there yet
                continue
        return "\n".join([status.get("state", "it does not answer"), *status.get("problems", {}).values()])


def _is_decided(status: dict[str, Any]) -> bool:
    return bool(status.get("frames_seen")) or "camera" in status.get("problems", {})
