# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A chip in its loader, by way of the program esptool.

with in_loader("/dev/ttyACM0") as chip:
    chip.title, chip.mac, chip.flash_bytes   # "ESP32-S3", "24:58:7c:d1:0a:01", 8388608
    chip.write({0x200000: data})             # what the flash holds already is left alone; all is verified
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from host_tools.flashing.chips import FlashError
from host_tools.flashing.programs import ProgramError, run
from host_tools.flashing.serial_port import PortError, check, has_reset_lines

BAUD = 460800
Watch = Callable[[int], None]
_TYPE = re.compile(r"^Connected to (ESP32(?:-[A-Z]\d+)?) on ", re.MULTILINE)
_MAC = re.compile(r"^MAC:\s+([0-9a-f:]+)", re.MULTILINE)
_SIZE = re.compile(r"^Detected flash size:\s+(\d+)(K|M)B", re.MULTILINE)
_AT = re.compile(r"\bat (0x[0-9a-f]{8})|\bfrom (0x[0-9a-f]{8})")
_SKIPPED = re.compile(r"already in flash, skipping")
_UNITS = {"K": 1 << 10, "M": 1 << 20}


class LinkLost(FlashError):
    """The board was there, and is no more."""


class Chip:
    """It stays in its loader until `start`. What `watch` is told is the address that esptool has come to.

    `half_written`: a write has not come to its end; what the flash holds then must not run, for nobody knows what it does.
    """

    def __init__(self, port: str, title: str, mac: str, flash_bytes: int, baud: int = BAUD) -> None:
        self.port, self.title, self.mac, self.flash_bytes = port, title, mac, flash_bytes
        self._baud = baud
        self.half_written = False

    @classmethod
    def on(cls, port: str, baud: int = BAUD) -> "Chip":
        """The chip behind a port. Raises FlashError."""
        check(port)
        try:
            said = run("esptool", "--port", port, "--after", "no-reset", "flash-id")
            (title,), (mac,), (size,) = _TYPE.findall(said), _MAC.findall(said), _SIZE.findall(said)
        except ProgramError as error:
            check(port)
            hint = f"hold the button BOOT while you plug it in or press RESET, then try again\n  {error.hint}"
            raise FlashError(f"no ESP32 answers at {port}", hint) from error
        except ValueError as error:
            raise FlashError(f"the chip at {port} is not one that Daylog knows", "esptool flash-id shows what it is") from error
        return cls(port, title, mac, int(size[0]) * _UNITS[size[1]], baud)

    def read(self, offset: int, size: int, watch: Watch = lambda address: None) -> bytes:
        """Raises FlashError."""
        with tempfile.TemporaryDirectory(prefix="daylog-flash-") as folder:
            path = Path(folder) / "read.bin"
            self._run("read-flash", hex(offset), hex(size), str(path), watch=watch)
            return path.read_bytes()

    def write(self, parts: dict[int, bytes], watch: Watch = lambda address: None) -> int:
        """Write what the flash does not hold yet, and verify all; returns how many bytes were written. Raises FlashError."""
        left_alone: list[int] = []

        def told(line: str) -> None:
            address = _address(line)
            if address is not None:
                watch(address)
                if _SKIPPED.search(line):
                    left_alone.append(address)

        with tempfile.TemporaryDirectory(prefix="daylog-flash-") as folder:
            words: list[str] = []
            for offset, data in sorted(parts.items()):
                path = Path(folder) / f"{offset:08x}.bin"
                path.write_bytes(data)
                words += [hex(offset), str(path)]
            self.half_written = True
            self._esptool("write-flash", "--skip-flashed", *words, told=told)
            self.half_written = False
        return sum(len(data) for offset, data in parts.items() if offset not in left_alone)

    def erase(self) -> None:
        """All of it. Raises FlashError."""
        self._run("erase-flash")

    def start(self) -> None:
        """Out of the loader, into what the flash holds. Raises FlashError."""
        if has_reset_lines(self.port):
            # The reset before it leaves DTR off. With both lines on, as opening the port leaves them, RTS alone resets nothing.
            self._esptool("--no-stub", "chip-id", before="default-reset", after="hard-reset")
        else:
            self._run("--no-stub", "run")

    def _run(self, *words: str, watch: Watch = lambda address: None) -> None:
        def told(line: str) -> None:
            address = _address(line)
            if address is not None:
                watch(address)

        self._esptool(*words, told=told)

    def _esptool(
        self, *words: str, before: str = "no-reset", after: str = "no-reset", told: Callable[[str], None] = lambda line: None
    ) -> None:
        resets = "--before", before, "--after", after
        try:
            run("esptool", "--port", self.port, "--baud", str(self._baud), *resets, *words, watch=told)
        except ProgramError as error:
            with suppress(PortError):
                check(self.port)
                raise
            hint = "plug it in again and give the same command: it writes what is missing. No footage is touched"
            raise LinkLost(f"the connection to the board at {self.port} was lost", hint) from error


@contextmanager
def in_loader(port: str) -> Iterator[Chip]:
    """The chip behind a port, in its loader for this block. Afterwards it runs again, whatever happened. Raises FlashError."""
    chip = Chip.on(port)
    try:
        yield chip
    except BaseException:
        if not chip.half_written:
            with suppress(FlashError):
                chip.start()
        raise
    chip.start()


def _address(line: str) -> int | None:
    found = _AT.search(line)
    return int(found.group(1) or found.group(2), 16) if found else None
