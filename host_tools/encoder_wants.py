# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What an encoder's command wants of this computer, and does not find: said before it starts, and with what to do.

for finding in missing(board["encoders"]["screen"], os.environ): ...

FAIL: it can never record. WARN: not now, but the recorder goes on trying; or it records something else than is meant.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping

from host_tools.board_check import FAIL, WARN, Finding

_VARIABLE = re.compile(r"\$(\w+)")
_PACKAGES = {"rpicam-vid": "rpicam-apps"}  # where Debian, or Raspberry Pi OS, has another name for it
_SCREEN = "x11grab"  # FFmpeg's name for a screen of the X Window System


def missing(command: list[str], environment: Mapping[str, str]) -> list[Finding]:
    """Of a command as the board's data has it."""
    return [*_program(command), *_variables(command, environment), *_devices(command), *_wayland(command, environment)]


def _program(command: list[str]) -> Iterator[Finding]:
    if shutil.which(command[0]) is None:
        package = _PACKAGES.get(command[0], command[0])
        yield Finding(FAIL, f"there is no program {command[0]}", f"install it (sudo apt install {package}), or record a film: --video")


def _variables(command: list[str], environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in _VARIABLE.findall(" ".join(command)):
        if name == "DISPLAY" and not environment.get(name):
            yield Finding(
                FAIL, "there is no screen here: DISPLAY is not set", "a terminal of the desktop; or DISPLAY=:0 before the command"
            )
        elif not environment.get(name):
            yield Finding(FAIL, f"the encoder wants {name}, which is not set in the environment", f"export {name}=…")


def _devices(command: list[str]) -> Iterator[Finding]:
    for path in [word for word in command if word.startswith("/dev/")]:
        if not os.path.exists(path):
            yield Finding(WARN, f"there is no {path}", "plug the camera in; or record the screen, --profile screen, or a film, --video")
        elif not os.access(path, os.R_OK | os.W_OK):
            yield Finding(WARN, f"{path} is not for you to open", "sudo adduser $USER video, and log in again")


def _wayland(command: list[str], environment: Mapping[str, str]) -> Iterator[Finding]:
    if _SCREEN in command and environment.get("WAYLAND_DISPLAY"):
        text = "of a Wayland desktop only the windows of X programs can be recorded; the rest is black"
        yield Finding(WARN, text, "log out, and choose a session on Xorg when logging in")
