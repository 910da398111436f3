# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The writes of one boot in their order, as sim/device/write_log.py kept them.

tape = Tape.read(folder / "writes.log")
tape.writes[143]            # the write that a cut interrupts
tape.synced(143)            # so many of the writes before it were known to be kept by then
"""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sim.device.write_log import CARD, FLASH, HEAD, HEAD_BYTES, NVS

__all__ = ["CARD", "FLASH", "NVS", "SECTOR", "Patch", "Tape", "Write"]

SECTOR = 512


class Write(NamedTuple):
    """One write: which memory, at which byte of it, what, when it began; `log_bytes`: how long the log was before it."""

    part: int
    at: int
    data: bytes
    now_us: int
    log_bytes: int


class Patch(NamedTuple):
    """Bytes that a memory holds after a cut, where the ones before lay."""

    part: int
    at: int
    data: bytes


@dataclass(frozen=True)
class Tape:
    """`syncs`: after how many writes the card was told to keep what it had, ascending. `log_bytes`: how long the log is."""

    writes: list[Write]
    syncs: list[int]
    log_bytes: int

    @classmethod
    def read(cls, path: Path) -> "Tape":
        data, at = path.read_bytes(), 0
        writes: list[Write] = []
        syncs = [0]
        while at < len(data):
            part, is_sync, _, where, size, now_us = struct.unpack_from(HEAD, data, at)
            begin = at + HEAD_BYTES
            if is_sync:
                syncs += [len(writes)] if part == CARD else []
            else:
                where *= SECTOR if part == CARD else 1
                writes.append(Write(part, where, data[begin : begin + size], now_us, at))
            at = begin + size
        return cls(writes, syncs, len(data))

    def synced(self, cut: int) -> int:
        """How many writes were before the last sync that came before write `cut`."""
        return self.syncs[bisect_right(self.syncs, cut) - 1]

    def now_us(self, cut: int) -> int:
        """When a power cut that interrupts write `cut` strikes; one after the last write strikes at its time."""
        return self.writes[min(cut, len(self.writes) - 1)].now_us
