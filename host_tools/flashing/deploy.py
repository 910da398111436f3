# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The firmware's files that have changed onto a board that runs, by way of the program mpremote. For development.

done = deploy(board, "/dev/ttyACM0")
done.changed        # ["firmware/app.mpy"]
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from host_tools.flashing import greeting
from host_tools.flashing.chips import FlashError
from host_tools.flashing.flash import Bar, no_bar
from host_tools.flashing.keepsakes import is_theirs
from host_tools.flashing.programs import ProgramError, run
from host_tools.flashing.serial_port import check
from sim.image import firmware_files

_FOLDER = 0x4000
_LOOK = f"""
import hashlib, json, os
files, folders = {{}}, []
def look(folder):
    for name, kind, *_ in os.ilistdir(folder or "/"):
        path = folder + "/" + name
        if kind == {_FOLDER}:
            folders.append(path[1:])
            look(path)
        else:
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while data := file.read(1024):
                    digest.update(data)
            files[path[1:]] = "".join("%02x" % byte for byte in digest.digest())
look("")
try:
    with open("/board.json") as file:
        board = json.load(file)["name"]
except OSError:
    board = None
print(json.dumps({{"board": board, "files": files, "folders": folders}}))
"""


class NoAnswer(FlashError):
    """mpremote gave up."""


@dataclass(frozen=True)
class Deployed:
    changed: list[str]
    removed: list[str]
    recorder: str


def deploy(board: dict[str, Any], port: str, bar: Bar = no_bar) -> Deployed:
    """Make the board's firmware what it is here, and restart it. Raises DaylogError."""
    files = firmware_files(board)
    check(port)
    with _restarted(port):
        with bar("looking at the board", None):
            found = _first_look(port, board)
        changed, removed = _differences(files, found["files"])
        _send(port, files, changed, removed, found["folders"], bar)
        if (changed or removed) and any(_differences(files, _look(port, board)["files"])):
            raise FlashError(f"what the board at {port} holds is not what was sent", "deploy again; if that does not help, `daylog flash`")
    return Deployed(changed, removed, greeting.wait(port))


def _differences(files: dict[str, bytes], on_board: dict[str, str]) -> tuple[list[str], list[str]]:
    """What must be sent, and what is no longer part of the firmware."""
    changed = [path for path, data in sorted(files.items()) if on_board.get(path) != sha256(data).hexdigest()]
    return changed, sorted(path for path in on_board if path not in files and not is_theirs(path))


def _first_look(port: str, board: dict[str, Any]) -> dict[str, Any]:
    """A board that is just starting does not hear the first try. Raises FlashError."""
    try:
        return _look(port, board)
    except NoAnswer:
        return _look(port, board)


def _look(port: str, board: dict[str, Any]) -> dict[str, Any]:
    """What the board holds, if it is the board. Raises FlashError."""
    try:
        found = json.loads(_mpremote(port, "exec", _LOOK).splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise FlashError(f"there is no MicroPython at {port}", "`daylog flash` puts it there") from error
    if found["board"] != board["name"]:
        what = f"board {found['board']}" if found["board"] else "no Daylog"
        raise FlashError(f"at {port} is {what}, not {board['name']}", "give the right --board; a new board is flashed first")
    return found


def _send(port: str, files: dict[str, bytes], changed: list[str], removed: list[str], folders: list[str], bar: Bar) -> None:
    with bar("copying", len(changed)) as advance, tempfile.TemporaryDirectory(prefix="daylog-deploy-") as stage:
        words: list[str] = []
        for folder in _missing(changed, folders):
            words += ["+", "fs", "mkdir", f":{folder}"]
        for number, path in enumerate(changed):
            source = Path(stage) / str(number)
            source.write_bytes(files[path])
            words += ["+", "fs", "cp", str(source), f":{path}"]
        for path in removed:
            words += ["+", "fs", "rm", f":{path}"]
        if words:
            _mpremote(port, *words[1:], watch=lambda line: advance(line.startswith("cp ")))


def _missing(paths: list[str], folders: list[str]) -> list[str]:
    """The folders to be made, outer ones first."""
    needed = {str(parent) for path in paths for parent in PurePosixPath(path).parents if str(parent) != "."}
    return sorted(needed - set(folders))


@contextmanager
def _restarted(port: str) -> Iterator[None]:
    """mpremote ends the recording; afterwards it goes on, whatever happened."""
    try:
        yield
    except BaseException:
        with suppress(FlashError):
            _mpremote(port, "reset")
        raise
    _mpremote(port, "reset")


def _mpremote(port: str, *words: str, **watch: Any) -> str:
    try:
        return run("mpremote", "connect", port, *words, **watch)
    except ProgramError as error:
        check(port)
        raise NoAnswer(f"mpremote could not talk to the board at {port}", error.hint) from error
