# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The firmware as MicroPython's own ways of distribution take it.

romfs(files)        # an image for `mpremote romfs deploy`: bytecode that runs where it lies in flash
mip_package()       # what package.json says, for `mip install`
"""

from itertools import groupby
from pathlib import Path
from typing import Any

from mpremote.romfs import VfsRomWriter

from firmware import VERSION

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("firmware", "hal")
STARTERS = ("boot.py", "main.py")
DEVICE = "firmware/device"
NOT_FOR_MIP = (DEVICE, "hal/linux")


def romfs(files: dict[str, bytes]) -> bytes:
    """A read-only file system of those files; their paths have no slash in front."""
    writer = VfsRomWriter()
    _put(writer, sorted((tuple(path.split("/")), data) for path, data in files.items()))
    return bytes(writer.finalise())


def _put(writer: VfsRomWriter, files: list[tuple[tuple[str, ...], bytes]]) -> None:
    for name, group in groupby(files, key=lambda file: file[0][0]):
        inside = [(path[1:], data) for path, data in group]
        if inside[0][0]:
            writer.opendir(name)
            _put(writer, inside)
            writer.closedir()
        else:
            writer.mkfile(name, inside[0][1])


def mip_package() -> dict[str, Any]:
    """Every file of the firmware and of MicroPython's ports, as source: mip cannot know for which it is. The board's data is not in it."""
    files = [file.relative_to(ROOT).as_posix() for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    urls = [[path, path] for path in files if not path.startswith(NOT_FOR_MIP)]
    return {"version": VERSION, "deps": [], "urls": urls + [[name, f"{DEVICE}/{name}"] for name in STARTERS]}
