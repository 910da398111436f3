# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The SD card: sectors in an image file, behind a model of how long a card takes, and what it keeps. card_faults.py spoils it.

A write goes to the image at once and the bytes it replaces to the undo log; then time passes, so that a
power cut may fall into it. A sync empties the log. After a cut the runner puts back from the log what the
card had not been told to keep. Log: u32 sector, u32 count, the old bytes; a count of 0 ends it. It is complete at
every moment, for nobody knows when the process will be killed.
"""

import struct

from sim.device.chance import Chance

SECTOR = 512
INTERNAL_BYTES = 8192  # a larger buffer lies in PSRAM, and ESP-IDF writes it sector by sector
EINVAL = 22
_HEAD = 8  # bytes before the old ones in an entry of the log; as many zeros after them end it
_SEEK_FROM_HERE = 1


class CardModel:
    """`times`: kB/s, microseconds per command, seeded latency spikes."""

    def __init__(self, file, undo, sectors, times, clock, trace, seed):
        self.sectors = sectors
        self.observer = None  # observer.write(sector, data) and observer.sync(), before they are done: for harnesses
        self._file, self._undo = file, undo
        self._times, self._clock, self._trace = times, clock, trace
        self._chance = Chance(seed)
        self._next_spike_us = self._later_spike()
        self._end = bytes(_HEAD)
        self._entries = {}  # size -> (log entry, its part for the old bytes): nothing is allocated twice
        self._unsynced_bytes = self._unsynced_writes = 0

    def _later_spike(self):
        every_us = self._times["spike_every_ms"] * 1000
        return self._clock.now_us + self._chance.between(every_us // 2, every_us * 3 // 2)

    # -- what the host controller asks for ---------------------------------------------------

    def read(self, sector, buffer):
        """Fill the buffer; returns 0, or a negative errno as the esp32 port's SDCard does."""
        if not self._in_range(sector, buffer):
            return -EINVAL
        self._clock.advance_us(self._times["command_us"] + len(buffer) * 1000 // self._times["read_kbps"])
        self._file.seek(sector * SECTOR)
        self._file.readinto(buffer)
        return 0

    def write(self, sector, buffer):
        """Blocks for as long as a card would. Returns 0 or a negative errno."""
        if not self._in_range(sector, buffer):
            return -EINVAL
        if self.observer is not None:
            self.observer.write(sector, buffer)
        size = len(buffer)
        self._remember(sector, size)
        self._file.seek(sector * SECTOR)
        self._file.write(buffer)
        self._unsynced_writes += 1
        self._unsynced_bytes += size
        self._clock.advance_us(self._write_us(size))
        return 0

    def sync(self):
        """What was written stays: the log starts anew, and a zero count marks where it ends."""
        if self.observer is not None:
            self.observer.sync()
        if self._unsynced_writes:
            self._trace.numbers("card_sync", "bytes", self._unsynced_bytes, "writes", self._unsynced_writes)
            self._undo.seek(0)
            self._undo.write(self._end)
            self._undo.seek(0)
            self._unsynced_writes = self._unsynced_bytes = 0

    def answers(self):
        """Whether there is a card in the slot."""
        return True

    # -- how it takes ------------------------------------------------------------------------

    def _steady_us(self, size):
        """What a write takes while nothing else keeps the card busy."""
        times = self._times
        kbps = times["write_kbps_internal"] if size <= INTERNAL_BYTES else times["write_kbps_psram"]
        return times["command_us"] + size * 1000 // kbps

    def _write_us(self, size):
        times, duration_us = self._times, self._steady_us(size)
        if self._clock.now_us >= self._next_spike_us:
            spike_ms = self._chance.between(times["spike_min_ms"], times["spike_max_ms"])
            self._trace.numbers("card_spike", "ms", spike_ms)
            duration_us += spike_ms * 1000
            self._next_spike_us = self._later_spike()
        return duration_us

    def _remember(self, sector, size):
        if size not in self._entries:
            entry = memoryview(bytearray(_HEAD + size + _HEAD))
            self._entries[size] = entry, entry[_HEAD : _HEAD + size]
        entry, old = self._entries[size]
        struct.pack_into("<II", entry, 0, sector, size // SECTOR)
        self._file.seek(sector * SECTOR)
        self._file.readinto(old)
        self._undo.write(entry)
        self._undo.seek(-_HEAD, _SEEK_FROM_HERE)

    def _in_range(self, sector, buffer):
        size = len(buffer)
        return size % SECTOR == 0 and sector >= 0 and sector * SECTOR + size <= self.sectors * SECTOR
