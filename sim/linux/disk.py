# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The disk below the files of a simulated system: how much fits, and what it refuses while a fault lasts.

disk = Disk(folder, capacity_bytes, faults.of_the_disk(), clock, told)
files = Files(root, folders, disk.check, tape.add)
disk.install()             # after that
"""

import os
from collections.abc import Callable
from errno import EIO, ENOSPC, EROFS
from pathlib import Path
from typing import Any

from sim.device.clock import NEVER_US, Clock
from sim.linux.faults import Fault
from sim.linux.files import Call

_BLOCK = 4096
_GROWS = ("write", "make", "mkdir")
_LOOKS = ("stat", "listdir", "open_read", "read")
_MB = 1_000_000

Told = Callable[[Fault], None]


def _is_gone(call: Call, disk: "Disk") -> int:
    return EIO


def _is_protected(call: Call, disk: "Disk") -> int:
    return 0 if call.name in _LOOKS else EROFS


def _is_full(call: Call, disk: "Disk") -> int:
    return 0 if call.name not in _GROWS or disk.has_room(len(call.data) + _BLOCK) else ENOSPC


# kind: the number of the error with which a call is refused, or 0
OF_THE_CARD: dict[str, Callable[[Call, "Disk"], int]] = {"gone": _is_gone, "write-protected": _is_protected, "full": _is_full}
OF_THE_SYSTEM = {"system-protected": _is_protected}
_REFUSALS = {**OF_THE_CARD, **OF_THE_SYSTEM}


class Disk:
    """`told(fault)` hears of each fault when it refuses something for the first time."""

    def __init__(self, folder: Path, capacity_bytes: int, faults: list[Fault], clock: Clock, told: Told) -> None:
        self._folder, self._capacity_bytes, self._faults, self._clock, self._told = folder, capacity_bytes, faults, clock, told
        self._heard_of: list[Fault] = []
        self._others: dict[int, int] = {}  # bytes of other files, by the fault that brings them
        self._room = 0  # at least that

    def _now(self) -> list[Fault]:
        now_us = self._clock.now_us
        return [fault for fault in self._faults if fault["from_us"] <= now_us < fault.get("to_us", NEVER_US)]

    def check(self, call: Call) -> None:
        """Raises OSError: the disk does not do that now."""
        for fault in self._now():
            if error := _REFUSALS[fault["kind"]](call, self):
                if fault not in self._heard_of:
                    self._heard_of.append(fault)
                    self._told(fault)
                raise OSError(error, os.strerror(error), call.path)
        if call.name == "write":
            self._room -= len(call.data)

    def is_there(self) -> bool:
        return all(fault["kind"] != "gone" for fault in self._now())

    def has_room(self, size: int) -> bool:
        if self._room < size or self._others:
            self._room = self.free_bytes()
        return self._room >= size

    def free_bytes(self) -> int:
        free = self._capacity_bytes - _size_of(str(self._folder))
        for fault in self._now():
            if fault["kind"] == "full":
                free -= self._others.setdefault(id(fault), max(0, free - int(fault["value"] * _MB)))
        return max(0, free)

    def install(self) -> None:
        """Take the place of `os.statvfs`: there is no other disk that anybody asks about."""

        def statvfs(path: Any) -> os.statvfs_result:
            self.check(Call("stat", str(path)))
            blocks, free = self._capacity_bytes // _BLOCK, self.free_bytes() // _BLOCK
            return os.statvfs_result((_BLOCK, _BLOCK, blocks, free, free, 0, 0, 0, 0, 255))

        os.statvfs = statvfs


def _size_of(folder: str) -> int:
    """Of all files in it, by calls that nobody watches."""
    with os.scandir(folder) as entries:
        return sum(_size_of(entry.path) if entry.is_dir() else entry.stat().st_size for entry in entries)
