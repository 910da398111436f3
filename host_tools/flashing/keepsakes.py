# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The files of a board that outlive its flashing: settings, identity, whatever somebody has put there.

While the flash is being written they are kept on this machine as well, readable by its user only: a cable pulled at
that moment must not cost a recorder its settings. The next flashing puts them back; then they are gone here.
"""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path

from host_tools.files import write_private

OURS = ("boot.py", "main.py", "board.json")
OUR_FOLDERS = ("firmware/", "hal/")


def is_theirs(path: str) -> bool:
    """Whether a file on a board is not part of the firmware."""
    return path not in OURS and not path.startswith(OUR_FOLDERS)


class Keepsakes:
    """Of one board, which is known by its chip's MAC address."""

    def __init__(self, mac: str) -> None:
        self._path = folder() / f"{mac.replace(':', '')}.json"

    def saved(self) -> dict[str, bytes] | None:
        """What a flashing that did not come to its end has left here."""
        if not self._path.exists():
            return None
        return {path: b64decode(text) for path, text in json.loads(self._path.read_text()).items()}

    def save(self, files: dict[str, bytes]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._path, json.dumps({path: b64encode(data).decode() for path, data in files.items()}).encode())

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def folder() -> Path:
    """$DAYLOG_STATE, or `daylog` in the user's state."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(os.environ.get("DAYLOG_STATE") or os.path.join(base, "daylog")) / "flashing"
