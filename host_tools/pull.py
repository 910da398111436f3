# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments and pictures off a recorder's card, over its console, while it records.

pull(console, "12/3", Path("footage"))       # footage/kitchen-000012-000003.mcap; goes on where it was broken off
snap(console, Path("x.jpg"))                 # what the camera sees now

It is the slow way: a serial line of 115200 baud carries 8 kB a second. For a day, put the card into a reader.
"""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.console_line import ConsoleLine
from host_tools.errors import DaylogError
from host_tools.outputs import finished_or_absent
from host_tools.progress import Advance

BLOCK_BYTES = 16384
BLOCK_S = 300.0  # a recorder that is short of memory sends between two of its segments
TRIES = 3


class PullError(DaylogError):
    """What arrived is not what was recorded."""


@dataclass(frozen=True)
class Pulled:
    """`sha256` is the recorder's own; None where it does not know it: what it still records, or has had to repair."""

    segment: str
    file: str
    size: int
    state: str
    sha256: str | None


def newest(console: ConsoleLine, count: int) -> list[str]:
    """The names of the newest segments that are whole. Raises DaylogError."""
    found = [row for row in console.ask(f"segments {count + 1}")["segments"] if row["state"] != "open"]
    return [f"{row['boot']}/{row['segment']}" for row in found[-count:]]


def about(console: ConsoleLine, segment: str) -> dict[str, Any]:
    """Its `size`, `state` and `sha256`. Raises DaylogError."""
    return console.ask(f"segments get {segment}")


def pull(console: ConsoleLine, segment: str, folder: Path, advance: Advance = lambda amount: None) -> Pulled:
    """One segment as it is now. Raises DaylogError."""
    found = about(console, segment)
    device = console.ask("status")["device"]
    file = folder / f"{device}-{found['boot']:06d}-{found['segment']:06d}.mcap"
    if not (file.exists() and file.stat().st_size == found["size"]):
        _fetch(console, segment, found, file, advance)
    return Pulled(segment, str(file), found["size"], found["state"], found["sha256"])


def _fetch(console: ConsoleLine, segment: str, found: dict[str, Any], file: Path, advance: Advance) -> None:
    """What is there already stays; the file has its name when it is whole."""
    part = file.with_name(file.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as out:
        advance(out.tell())
        for block in read(console, segment, out.tell(), found["size"] - out.tell()):
            out.write(block)
            advance(len(block))
    if found["sha256"] and hashlib.sha256(part.read_bytes()).hexdigest() != found["sha256"]:
        part.unlink()
        raise PullError(f"segment {segment} is not what was recorded", "pull it again; if that does not help, its card loses bytes")
    part.replace(file)


def snap(console: ConsoleLine, file: Path) -> dict[str, Any]:
    """A picture of what the camera sees; returns what the recorder says of it. Raises DaylogError."""
    picture = console.ask("camera snap")
    data = b"".join(read(console, f"{picture['boot']}/{picture['segment']}", picture["offset"], picture["size"]))
    with finished_or_absent(file) as path:
        path.write_bytes(data)
    return picture


def read(console: ConsoleLine, segment: str, offset: int, size: int) -> Iterator[bytes]:
    """A stretch of a segment, block by block. Raises DaylogError."""
    end = offset + size
    while offset < end:
        block = _block(console, f"segments get {segment} {offset} {min(BLOCK_BYTES, end - offset)}")
        offset += len(block)
        yield block


def _block(console: ConsoleLine, command: str) -> bytes:
    for _ in range(TRIES):
        rows: list[str] = []
        answer = console.ask(command, BLOCK_S, before=rows.append)
        block = _decoded(rows)
        if len(block) == answer["length"] and f"{binascii.crc32(block):08x}" == answer["crc32"]:
            return block
    raise PullError("what the recorder sends is garbled on the way, again and again", "another cable, or another port")


def _decoded(rows: list[str]) -> bytes:
    """What is no base64 has another CRC than is said, too."""
    try:
        return b"".join(b64decode(row) for row in rows)
    except binascii.Error:
        return b""
