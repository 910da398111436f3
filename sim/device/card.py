# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The SD card: sectors in an image file, behind a model of how long a card takes and what it keeps.

Every write goes to the image at once, and the bytes it replaces to the undo log. A sync empties the log. After a
power cut the runner puts back, from the log, what the card had not been told to keep.
"""

import struct

from sim.device.chance import Chance

SECTOR = 512
INTERNAL_BYTES = 8192  # a larger buffer lies in PSRAM, and ESP-IDF writes it sector by sector
SYNC, COUNT, SIZE = 3, 4, 5


class CardModel:
    """Times from the board's `sim.card` table: kB/s, microseconds per command, seeded latency spikes."""

    def __init__(self, file, undo, sectors, times, clock, trace, seed):
        self.sectors = sectors
        self._file, self._undo = file, undo
        self._times, self._clock, self._trace = times, clock, trace
        self._chance = Chance(seed)
        self._next_spike_us = self._later_spike()
        self._old = bytearray(65536)
        self.writes = self.syncs = self.bytes_written = 0
        self._unsynced = False

    def _later_spike(self):
        every_us = self._times["spike_every_ms"] * 1000
        return self._clock.now_us + self._chance.between(every_us // 2, every_us * 3 // 2)

    def read(self, sector, buffer):
        self._check(sector, buffer)
        self._clock.advance_us(self._times["command_us"] + len(buffer) * 1000 // self._times["read_kbps"])
        self._file.seek(sector * SECTOR)
        self._file.readinto(buffer)

    def write(self, sector, buffer):
        """Blocks for as long as a card would; a cut on the way leaves the write undone."""
        self._check(sector, buffer)
        self._clock.advance_us(self._write_us(len(buffer)))
        self._remember(sector, buffer)
        self._file.seek(sector * SECTOR)
        self._file.write(buffer)
        self.writes += 1
        self.bytes_written += len(buffer)

    def _write_us(self, size):
        times = self._times
        kbps = times["write_kbps_internal"] if size <= INTERNAL_BYTES else times["write_kbps_psram"]
        duration_us = times["command_us"] + size * 1000 // kbps
        if self._clock.now_us >= self._next_spike_us:
            spike_ms = self._chance.between(times["spike_min_ms"], times["spike_max_ms"])
            self._trace.add("card_spike", ms=spike_ms)
            duration_us += spike_ms * 1000
            self._next_spike_us = self._later_spike()
        return duration_us

    def _remember(self, sector, buffer):
        size = len(buffer)
        old = memoryview(self._old)[:size] if size <= len(self._old) else memoryview(bytearray(size))
        self._file.seek(sector * SECTOR)
        self._file.readinto(old)
        self._undo.write(struct.pack("<II", sector, size // SECTOR))
        self._undo.write(old)
        self._unsynced = True

    def sync(self):
        """What was written stays. The undo log starts anew: a zero count marks where it ends."""
        self.syncs += 1
        if self._unsynced:
            self._undo.seek(0)
            self._undo.write(struct.pack("<II", 0, 0))
            self._undo.seek(0)
            self._unsynced = False

    def settle(self):
        """Before the process ends: both files as the runner is to find them."""
        if self._unsynced:
            self._undo.write(struct.pack("<II", 0, 0))
        self._undo.flush()
        self._file.flush()

    def _check(self, sector, buffer):
        if len(buffer) % SECTOR or not 0 <= sector or sector * SECTOR + len(buffer) > self.sectors * SECTOR:
            raise OSError(22)
