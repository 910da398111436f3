# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The partition table in an ESP32's flash: rows of 32 bytes, a digest of them, then erased bytes (ESP-IDF, gen_esp32part.py).

rows = parse(flash[OFFSET : OFFSET + SIZE])
flash[OFFSET : OFFSET + SIZE] = build(of_board(board))
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Any

OFFSET, SIZE = 0x8000, 0x1000
_LONGEST = 0xC00
_ROW = struct.Struct("<2sBBII16sI")
_MAGIC, _DIGEST_MAGIC = b"\xaa\x50", b"\xeb\xeb" + b"\xff" * 14
_END = b"\xff" * _ROW.size
TYPES = {"app": 0, "data": 1}
SUBTYPES = {
    "factory": 0x00,
    "ota_0": 0x10,
    "ota_1": 0x11,
    "ota": 0x00,
    "phy": 0x01,
    "nvs": 0x02,
    "fat": 0x81,
    "littlefs": 0x83,
    "romfs": 0x8F,
}


class NoTable(ValueError):
    """These bytes are no partition table."""


@dataclass(frozen=True)
class Row:
    name: str
    type: int
    subtype: int
    offset: int
    size: int

    def __str__(self) -> str:
        return f"{self.name} at {self.offset:#x}, {self.size:#x} bytes"


def of_board(board: dict[str, Any]) -> list[Row]:
    """The rows that a board's file names."""
    return [
        Row(row["name"], TYPES[row["type"]], SUBTYPES[row["subtype"]], row["offset"], row["size"]) for row in board["flash"]["partitions"]
    ]


def build(rows: list[Row]) -> bytes:
    body = b"".join(_ROW.pack(_MAGIC, row.type, row.subtype, row.offset, row.size, row.name.encode(), 0) for row in rows)
    return (body + _DIGEST_MAGIC + _md5(body)).ljust(SIZE, b"\xff")


def parse(data: bytes) -> list[Row]:
    """Raises NoTable."""
    rows: list[Row] = []
    for at in range(0, _LONGEST, _ROW.size):
        raw = data[at : at + _ROW.size]
        if raw.startswith(_MAGIC) and len(raw) == _ROW.size:
            _, kind, subtype, offset, size, name, _ = _ROW.unpack(raw)
            rows.append(Row(name.rstrip(b"\0").decode(errors="replace"), kind, subtype, offset, size))
        elif rows and (raw == _END or raw == _DIGEST_MAGIC + _md5(data[:at])):
            return rows
        else:
            break
    raise NoTable(f"partition {len(rows)} invalid magic number {int.from_bytes(data[len(rows) * 32 :][:2], 'little'):#x}")


def completed(rows: list[Row], flash_bytes: int) -> list[Row]:
    """As MicroPython has them since 1.26, whose tables name no file system: what is left of the flash is `vfs` (ports/esp32/main.c)."""
    end = max(row.offset + row.size for row in rows)
    if named(rows, "vfs") or named(rows, "ffat") or end >= flash_bytes:
        return rows
    return [*rows, Row("vfs", TYPES["data"], SUBTYPES["fat"], end, flash_bytes - end)]


def named(rows: list[Row], name: str) -> Row | None:
    return next((row for row in rows if row.name == name), None)


def application(rows: list[Row]) -> Row | None:
    """The one that is started: without update slots the first of its type."""
    return next((row for row in rows if row.type == TYPES["app"]), None)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
