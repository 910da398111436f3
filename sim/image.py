# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The flash image: the firmware compiled with mpy-cross, in a littlefs of the size of the board's partition.

image = build(board, settings={"wifi": [...]})
image.data      # bytes of the `vfs` partition
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError

from host_tools.boards import compact, partition
from host_tools.errors import DaylogError
from host_tools.flashing.file_system import attached
from host_tools.toml_file import read_toml
from sim.cache import kept

ROOT = Path(__file__).resolve().parent.parent


class BuildError(DaylogError):
    """The device tree does not compile, or does not fit."""


@dataclass(frozen=True)
class Image:
    """`data` goes to flash at `offset`."""

    data: bytes
    offset: int
    files: dict[str, int]


def tool(name: str) -> str:
    """A program of the running environment."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def device_tree(board: dict[str, Any]) -> dict[str, Path]:
    """Path on the device -> source file, for all modules. Raises BuildError."""
    folders = [ROOT / "firmware", ROOT / "hal" / board["port"], ROOT / "hal" / "drivers"]
    files = [ROOT / "hal" / "__init__.py", *(f for folder in folders for f in sorted(folder.rglob("*.py")))]
    ours = {f.relative_to(ROOT).with_suffix(".mpy").as_posix(): f for f in files if "device" not in f.relative_to(ROOT).parts[:2]}
    return {**ours, **published(board)}


def published(board: dict[str, Any]) -> dict[str, Path]:
    """The same for drivers that a port uses as they are published; some bring files that are no modules. Raises BuildError."""
    table = ROOT / "hal" / board["port"] / "published.toml"
    rows = read_toml(table, BuildError) if table.exists() else {}
    of_parts = {name: rows.pop(name) for name in [*rows] if isinstance(rows[name], dict)}
    for part, more in of_parts.items():
        rows |= more if board["camera"].get(part) else {}
    return {path: _in_package(*place) for path, place in rows.items()}


def _in_package(package: str, file: str) -> Path:
    try:
        return Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError as error:
        raise BuildError(f"the package {package} is not installed", "`make setup` installs it") from error


def bytecode_bytes(board: dict[str, Any]) -> int:
    """What all modules would take of the heap if they were not frozen: the size of their files. Raises BuildError."""
    return sum(len(data) for path, data in firmware_files(board).items() if path.endswith(".mpy"))


def compile_file(source: Path, name: str) -> bytes:
    """Bytecode of one file, from the cache when this compiler has seen its text before. Raises BuildError."""
    digest = hashlib.sha256("\0".join((compiler_version(), name, source.read_text())).encode()).hexdigest()
    return kept("mpy", f"{digest[:32]}.mpy", lambda path: _compile(source, name, path)).read_bytes()


def _compile(source: Path, name: str, path: Path) -> None:
    done = _mpy_cross("-O2", "-s", name, "-o", str(path), str(source))
    if done.returncode:
        raise BuildError(f"{source} does not compile for MicroPython", (done.stdout + done.stderr).strip())


@cache
def compiler_version() -> str:
    """What mpy-cross says it is. Raises BuildError."""
    return _mpy_cross("--version").stdout.strip()


def _mpy_cross(*arguments: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run([tool("mpy-cross"), *arguments], capture_output=True, text=True)
    except OSError as error:
        raise BuildError(f"mpy-cross cannot be started: {error}", "`make setup` installs it") from error


def firmware_files(board: dict[str, Any]) -> dict[str, bytes]:
    """Everything on the device's file system but what is the device's own."""
    files = {path: _content(source, path) for path, source in device_tree(board).items()}
    for name in ("boot.py", "main.py"):
        files[name] = (ROOT / "firmware" / "device" / name).read_bytes()
    files["board.json"] = compact(board)
    return files


def _content(source: Path, path: str) -> bytes:
    return compile_file(source, path.replace(".mpy", ".py")) if path.endswith(".mpy") else source.read_bytes()


def device_files(board: dict[str, Any], settings: dict[str, Any]) -> dict[str, bytes]:
    """Everything on the device's file system."""
    return {**firmware_files(board), "settings.json": json.dumps(settings).encode()}


def build(board: dict[str, Any], settings: dict[str, Any], before_main: str = "") -> Image:
    """The image of a board's `vfs` partition; `before_main` is put before its main.py. Raises BuildError."""
    files = device_files(board, settings)
    files["main.py"] = before_main.encode() + files["main.py"]
    return pack(board, files)


def pack(board: dict[str, Any], files: dict[str, bytes]) -> Image:
    """An image of those files. Raises BuildError."""
    row = partition(board, "vfs")
    fs = attached(UserContext(row["size"]), row["size"])
    try:
        fs.format()
        fs.mount()
        _fill(fs, files)
    except LittleFSError as error:
        message = f"the device tree does not fit the partition of {row['size']} bytes: {error}"
        raise BuildError(message, "make the partition larger") from error
    return Image(bytes(fs.context.buffer), row["offset"], {path: len(data) for path, data in files.items()})


def _fill(fs: LittleFS, files: dict[str, bytes]) -> None:
    for folder in sorted({parent.as_posix() for path in files for parent in Path(path).parents if parent.as_posix() != "."}):
        fs.mkdir(folder)
    for path, data in sorted(files.items()):
        with fs.open(path, "wb") as file:
            file.write(data)
