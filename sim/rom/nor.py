# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""NOR flash in a file: erasing a sector sets its bits, programming only clears bits.

flash = NorFlash.at(Path("flash.bin"), 8 << 20)
flash.erase(0, 4096)
flash.program(0, b"\xe9")
"""

import hashlib
from pathlib import Path

SECTOR = 4096


class NorError(ValueError):
    """Outside of the flash."""


class NorFlash:
    """Every access goes to the file, which the booted board has open as well."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size

    @classmethod
    def at(cls, path: Path, size: int, erased: bool = False) -> "NorFlash":
        """The flash in that file; a new one is erased. Raises NorError when the file has another size."""
        flash = cls(path, size)
        if erased or not path.exists():
            path.write_bytes(b"")
            flash._write(0, b"\xff" * size)
        if path.stat().st_size != size:
            raise NorError(f"{path} holds {path.stat().st_size} bytes, the flash {size}")
        return flash

    def read(self, offset: int, size: int) -> bytes:
        self._check(offset, size)
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def erase(self, offset: int, size: int) -> None:
        """Erase every sector that the range touches."""
        self._check(offset, size)
        start, end = offset // SECTOR * SECTOR, -(-(offset + size) // SECTOR) * SECTOR
        self._write(start, b"\xff" * (end - start))

    def program(self, offset: int, data: bytes) -> None:
        old = int.from_bytes(self.read(offset, len(data)), "little")
        self._write(offset, (old & int.from_bytes(data, "little")).to_bytes(len(data), "little"))

    def md5(self, offset: int, size: int) -> bytes:
        return hashlib.md5(self.read(offset, size), usedforsecurity=False).digest()

    def _check(self, offset: int, size: int) -> None:
        if offset + size > self.size:
            raise NorError(f"{offset:#x} + {size:#x} is outside of the flash")

    def _write(self, offset: int, data: bytes) -> None:
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(data)
