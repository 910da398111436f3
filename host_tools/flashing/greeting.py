# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a board that was reset has become a recorder: its console answers.

wait("/dev/ttyACM0")        # "Daylog 0.1.0 on daylog-d10a01: recording"
"""

import json
import time
from contextlib import closing

import serial

from host_tools.flashing.chips import FlashError
from host_tools.flashing.serial_port import PortError, open_port

PROMPT = b"daylog> "
PATIENCE_S = 30.0
_SETTLES_S = 5.0  # from the first answer: camera and card take their time
_LISTEN_S = 0.5
_TOLD_BYTES = 400


class Silent(FlashError):
    """The flash is written, but no recorder speaks."""


def wait(port: str, patience_s: float = PATIENCE_S) -> str:
    """Who is there, and whether it records yet. Raises Silent."""
    deadline, heard, answer = time.monotonic() + patience_s, b"", ""
    while time.monotonic() < deadline:
        try:
            heard = _ask(port) or heard
        except (PortError, serial.SerialException):  # a chip with USB of its own vanishes while it starts
            time.sleep(_LISTEN_S)
        if status := _status(heard):
            deadline = deadline if answer else time.monotonic() + _SETTLES_S
            answer = f"Daylog {status['firmware']} on {status['device']}: {status['state']}"
            if status["state"] == "recording":
                break
    if answer:
        return answer
    said = heard[-_TOLD_BYTES:].decode(errors="replace").strip()
    message = f"the board at {port} is flashed, but its recorder does not speak"
    raise Silent(message, f"press its button RESET and look with a terminal program\n  {said or '(it says nothing)'}")


def _ask(port: str) -> bytes:
    """What it says when it is asked; that may as well be why it does not start."""
    with closing(open_port(port, _LISTEN_S)) as line:
        line.write(b"\r")
        heard = line.read_until(PROMPT)
        if heard.endswith(PROMPT):
            line.write(b"status --json\r")
            heard += line.read_until(b"}\r\n") + line.read_until(PROMPT)
        return heard


def _status(heard: bytes) -> dict | None:
    """Its answer, if it is one."""
    for row in reversed(heard.decode(errors="replace").splitlines()):
        try:
            found = json.loads(row)
        except ValueError:
            continue
        if isinstance(found, dict) and "state" in found:
            return found
    return None
