# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The flash image: the firmware compiled with mpy-cross, in a littlefs of the size of the board's partition.

image = build(board, settings={"wifi": [...]})
image.data      # bytes of the `vfs` partition
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from littlefs import LittleFS

from host_tools.boards import compact, partition
from host_tools.errors import DaylogError

ROOT = Path(__file__).resolve().parent.parent
BLOCK_BYTES = 4096


class BuildError(DaylogError):
    """The device tree does not compile, or does not fit."""


@dataclass(frozen=True)
class Image:
    """`data` goes to flash at `offset`."""

    data: bytes
    offset: int
    files: dict[str, int]


def cache_folder() -> Path:
    """Where compiled files and reels are kept between runs."""
    base = os.environ.get("DAYLOG_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "daylog")
    folder = Path(base)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def tool(name: str) -> str:
    """A program of the running environment."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def device_tree(board: dict[str, Any]) -> dict[str, Path]:
    """Path on the device -> source file, for everything that is compiled."""
    folders = [ROOT / "firmware", ROOT / "hal" / board["port"], ROOT / "hal" / "drivers"]
    files = [ROOT / "hal" / "__init__.py", *(f for folder in folders for f in sorted(folder.rglob("*.py")))]
    return {f.relative_to(ROOT).with_suffix(".mpy").as_posix(): f for f in files if "device" not in f.relative_to(ROOT).parts[:2]}


def compile_file(source: Path, name: str) -> bytes:
    """Bytecode of one file, from the cache when its text was compiled before."""
    kept = cache_folder() / "mpy" / f"{hashlib.sha256(name.encode() + source.read_bytes()).hexdigest()[:32]}.mpy"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as fresh:
            pass
        done = subprocess.run([tool("mpy-cross"), "-O2", "-s", name, "-o", fresh.name, str(source)], capture_output=True, text=True)
        if done.returncode:
            os.unlink(fresh.name)
            raise BuildError(f"{source} does not compile for MicroPython", (done.stdout + done.stderr).strip())
        os.replace(fresh.name, kept)
    return kept.read_bytes()


def device_files(board: dict[str, Any], settings: dict[str, Any]) -> dict[str, bytes]:
    """Everything on the device's file system."""
    files = {path: compile_file(source, path.replace(".mpy", ".py")) for path, source in device_tree(board).items()}
    for name in ("boot.py", "main.py"):
        files[name] = (ROOT / "firmware" / "device" / name).read_bytes()
    files["board.json"] = compact(board)
    files["settings.json"] = json.dumps(settings).encode()
    return files


def build(board: dict[str, Any], settings: dict[str, Any]) -> Image:
    """The image of a board's `vfs` partition. Raises BuildError."""
    row = partition(board, "vfs")
    files = device_files(board, settings)
    driver: dict[str, Any] = {"read_size": 32, "prog_size": 32, "cache_size": 128, "lookahead_size": 32}  # as MicroPython mounts it
    fs = LittleFS(block_size=BLOCK_BYTES, block_count=row["size"] // BLOCK_BYTES, **driver)
    for folder in sorted({parent.as_posix() for path in files for parent in Path(path).parents if parent.as_posix() != "."}):
        fs.mkdir(folder)
    try:
        for path, data in sorted(files.items()):
            with fs.open(path, "wb") as file:
                file.write(data)
    except OSError as error:
        message = f"the device tree does not fit the partition of {row['size']} bytes: {error}"
        raise BuildError(message, "make the partition larger") from error
    return Image(bytes(fs.context.buffer), row["offset"], {path: len(data) for path, data in files.items()})
