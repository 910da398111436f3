# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The journal: one 512-byte record with a CRC for each change of a segment's state.

    journal = Journal("/sd/daylog/journal")
    for number, entry in journal.replay(0): ...
    number = journal.append(Entry(CLOSED, boot=12, segment=3, size=...))
    journal.read(number).parts()

A record is one sector: the card writes it whole or not at all. A record whose CRC is wrong is a change that
did not happen. Nothing is ever rewritten or copied: when a file is full the next generation begins, and the oldest are
removed when no segment that is still on the card has its record there.
"""

import binascii
import os
import struct

from firmware.compat import const
from firmware.durable import open
from firmware.files import numbers_in, usable_folder

RECORD_BYTES = const(512)
GENERATION_RECORDS = const(8192)
_READ_RECORDS = const(16)
_MAGIC = b"DLJ1"
_HEAD = "<4sBBHIIQIQq32s"  # magic, kind, flags, payload length, boot, segment, size, frames, first uptime, UTC offset, SHA-256
_HEAD_BYTES = const(76)
PAYLOAD_BYTES = const(512 - 76 - 4)

OPEN = const(1)
CLOSED = const(2)
UPLOADING = const(3)
STORED = const(4)
SET_ASIDE = const(5)
RECLAIMED = const(6)
IDLE = const(7)
KEPT = const(8)
RELEASED = const(9)
OVERWRITTEN = const(10)
VOID = const(11)
FOUND = const(12)  # in the index only
FULL = const(13)
KINDS = (
    "",
    "open",
    "closed",
    "uploading",
    "stored",
    "set_aside",
    "reclaimed",
    "idle",
    "kept",
    "released",
    "overwritten",
    "void",
    "found",
    "full",
)
GONE = (RECLAIMED, OVERWRITTEN, VOID)  # the file was removed

HASHED = const(1)  # flag: sha256 and parts are known
EIO, ENOSPC = const(5), const(28)


class Entry:
    """One change. `payload`: the parts' hashes of a closed segment, the text of any other kind (UTF-8)."""

    def __init__(self, kind, boot, segment, size=0, frames=0, first_ms=0, offset_ms=0, sha256=b"", payload=b""):
        self.kind, self.boot, self.segment = kind, boot, segment
        self.size, self.frames, self.first_ms, self.offset_ms = size, frames, first_ms, offset_ms
        self.sha256, self.payload = sha256, payload

    def encode(self):
        flags = HASHED if self.sha256 else 0
        what = (_MAGIC, self.kind, flags, len(self.payload), self.boot, self.segment)
        about = (self.size, self.frames, self.first_ms, self.offset_ms, self.sha256)
        data = struct.pack(_HEAD, *(what + about)) + self.payload
        data += bytes(RECORD_BYTES - 4 - len(data))
        return data + struct.pack("<I", binascii.crc32(data))

    def parts(self):
        """[(sha256, md5)] of a closed segment."""
        return [(self.payload[i : i + 32], self.payload[i + 32 : i + 48]) for i in range(0, len(self.payload), 48)]

    def text(self):
        return self.payload.decode()


def decode(data):
    """The entry in 512 bytes, or None when they are not one."""
    if len(data) != RECORD_BYTES or bytes(data[:4]) != _MAGIC or struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4]):
        return None
    _, kind, flags, length, boot, segment, size, frames, first_ms, offset_ms, sha256 = struct.unpack(_HEAD, data[:_HEAD_BYTES])
    payload = bytes(data[_HEAD_BYTES : _HEAD_BYTES + min(length, PAYLOAD_BYTES)])
    return Entry(kind, boot, segment, size, frames, first_ms, offset_ms, sha256 if flags & HASHED else b"", payload)


class Journal:
    """All generations in `folder`. A record's number is its generation * GENERATION_RECORDS + its place there; `end` is the
    number that the next one will get. `is_whole` becomes False when a replay misses a record."""

    def __init__(self, folder):
        self.folder = usable_folder(folder)
        self.generations = numbers_in(self.folder, ".jnl")
        self.is_whole = True
        self._file = None
        self.end = 0
        if self.generations:
            newest = self.generations[-1]
            self.end = newest * GENERATION_RECORDS + min(self._records_in(newest), GENERATION_RECORDS)

    def _path(self, generation):
        return "%s/%06d.jnl" % (self.folder, generation)

    def _records_in(self, generation):
        return -(-os.stat(self._path(generation))[6] // RECORD_BYTES)

    # -- reading ---------------------------------------------------------------------------

    def replay(self, start):
        """Yield (number, Entry) of every good record from `start` on. To be run to its end before `append`."""
        first = start // GENERATION_RECORDS
        here = [generation for generation in self.generations if generation >= first]
        oldest = first if start or not here else here[0]  # the oldest of all were removed in their time
        if here != list(range(oldest, here[-1] + 1 if here else oldest)) or start > self.end or not self._has_last():
            self.is_whole = False
        for generation in here:
            yield from self._replay_one(generation, max(start - generation * GENERATION_RECORDS, 0))
        if start > self.end:  # what is gone was numbered already, and no number is used twice
            self.end = (first + 1) * GENERATION_RECORDS

    def _has_last(self):
        """Without any file there may have been one, and after a full one there may have been another."""
        return self.end % GENERATION_RECORDS != 0

    def _replay_one(self, generation, place):
        base, records = generation * GENERATION_RECORDS, self._records_in(generation)
        if records < GENERATION_RECORDS and generation != self.generations[-1]:
            self.is_whole = False
        reader = _Reader(self._path(generation))
        for at, entry in reader.entries(place, min(records, GENERATION_RECORDS)):
            if entry is None:
                self.is_whole = False
            else:
                yield base + at, entry
        reader.close()

    def read(self, number):
        """The entry of one record; raises OSError(EIO) when the card does not give it back."""
        with open(self._path(number // GENERATION_RECORDS), "rb") as file:
            file.seek(number % GENERATION_RECORDS * RECORD_BYTES)
            entry = decode(file.read(RECORD_BYTES))
        if entry is None:
            raise OSError(EIO, "no such record")
        return entry

    # -- writing ---------------------------------------------------------------------------

    def append(self, entry):
        """Make one change durable; returns its record number. Raises OSError from the card."""
        if self._file is None or self.end % GENERATION_RECORDS == 0:
            self._open()
        try:
            if self._file.write(entry.encode()) != RECORD_BYTES:
                raise OSError(ENOSPC, "full")  # FatFs reports a full card as a short write
            self._file.flush()
        except OSError:
            self._give_up()
            raise
        self.end += 1
        return self.end - 1

    def _open(self):
        """Open for appending, at a record boundary even if the last record was torn."""
        self.close()
        generation = self.end // GENERATION_RECORDS
        path = self._path(generation)
        self._file = open(path, "ab")
        if generation not in self.generations:
            self.generations.append(generation)
        self._file.write(bytes(-os.stat(path)[6] % RECORD_BYTES))
        self.end = generation * GENERATION_RECORDS + self._records_in(generation)

    def remove_before(self, number):
        """Remove the generations that end before record `number`; the newest stays."""
        while len(self.generations) > 1 and self.generations[0] < number // GENERATION_RECORDS:
            os.remove(self._path(self.generations[0]))
            self.generations.pop(0)

    def _give_up(self):
        """After an error FatFs refuses the file, and nobody knows how much of the record is in it."""
        try:
            self.close()
        except OSError:  # it is the error that was met already
            pass

    def close(self):
        file, self._file = self._file, None
        if file is not None:
            file.close()


class _Reader:
    """Reads one generation, several records at once where the card allows it."""

    def __init__(self, path):
        self._path = path
        self._file = None
        self._buffer = memoryview(bytearray(_READ_RECORDS * RECORD_BYTES))

    def entries(self, place, end):
        """Yield (place, Entry or None) of each record."""
        while place < end:
            count = min(_READ_RECORDS, end - place)
            view = self._buffer[: count * RECORD_BYTES]
            if not self._fill(place, view):
                count, view = 1, self._buffer[:RECORD_BYTES]
                if not self._fill(place, view):
                    view = b""
            for i in range(count):
                yield place + i, decode(view[i * RECORD_BYTES : (i + 1) * RECORD_BYTES])
            place += count

    def _fill(self, place, view):
        """False when the card does not give these bytes back."""
        try:
            if self._file is None:
                self._file = open(self._path, "rb")
            self._file.seek(place * RECORD_BYTES)
            return self._file.readinto(view) == len(view)
        except OSError:
            self.close()  # FatFs refuses a file after its first error: the next read opens it anew
            return False

    def close(self):
        file, self._file = self._file, None
        if file is not None:
            file.close()
