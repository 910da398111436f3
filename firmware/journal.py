# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The journal: one 512-byte record with a CRC for each change of a segment's state.

    journal = Journal("/sd/daylog")
    for number, entry in journal.load(): ...
    number = journal.append(Entry(CLOSED, boot=12, segment=3, size=...))
    journal.read(number).parts

A record is one sector: the card writes it whole or not at all. A record whose CRC is wrong is a change that
did not happen. Compaction writes the next generation under another name, renames it, and
only then removes the old one; a cut leaves one of the two whole.
"""

import binascii
import os
import struct

from firmware.compat import const

RECORD_BYTES = const(512)
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
KINDS = ("", "open", "closed", "uploading", "stored", "set_aside", "reclaimed", "idle")

HASHED = const(1)  # flag: sha256 and parts are known


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
    if len(data) != RECORD_BYTES or data[:4] != _MAGIC or struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4]):
        return None
    _, kind, flags, length, boot, segment, size, frames, first_ms, offset_ms, sha256 = struct.unpack(_HEAD, data[:_HEAD_BYTES])
    payload = data[_HEAD_BYTES : _HEAD_BYTES + length]
    return Entry(kind, boot, segment, size, frames, first_ms, offset_ms, sha256 if flags & HASHED else b"", payload)


class Journal:
    """The newest generation in `folder`; `records` counts what it holds."""

    def __init__(self, folder):
        self.folder = folder
        self.records = 0
        generations = self._generations()
        self.generation = generations[-1] if generations else 0
        self.is_new = not generations
        self._file = None

    def _generations(self):
        names = [name for name in os.listdir(self.folder) if name.startswith("journal.") and name[8:].isdigit()]
        return sorted(int(name[8:]) for name in names)

    def _path(self, generation):
        return "%s/journal.%06d" % (self.folder, generation)

    def load(self):
        """Yield (record number, Entry) of every valid record, oldest first. To be run to its end before `append`."""
        if not self.is_new:
            with open(self._path(self.generation), "rb") as file:
                while True:
                    data = file.read(RECORD_BYTES)
                    if not data:
                        break
                    entry = decode(data)
                    if entry is not None:
                        yield self.records, entry
                    self.records += 1
        self._open()

    def _open(self):
        """Open for appending, at a record boundary even if the last record was torn."""
        self._file = open(self._path(self.generation), "ab")
        size = os.stat(self._path(self.generation))[6]
        if size % RECORD_BYTES:
            self._file.write(bytes(-size % RECORD_BYTES))

    def append(self, entry):
        """Make one change durable; returns its record number. Raises OSError from the card."""
        self._file.write(entry.encode())
        self._file.flush()
        self.records += 1
        return self.records - 1

    def read(self, number):
        """The entry of one record; raises OSError(EIO) when the card does not give it back."""
        with open(self._path(self.generation), "rb") as file:
            file.seek(number * RECORD_BYTES)
            entry = decode(file.read(RECORD_BYTES))
        if entry is None:
            raise OSError(5)
        return entry

    def compact(self, numbers):
        """Begin a generation that holds only these records; returns nothing, load again afterwards."""
        following = self.generation + 1
        fresh = "%s/fresh.jnl" % self.folder
        with open(fresh, "wb") as file:
            for number in numbers:
                file.write(self.read(number).encode())
            file.flush()
        self.close()
        os.rename(fresh, self._path(following))
        os.remove(self._path(self.generation))
        self.generation, self.records = following, len(numbers)
        self._open()

    def close(self):
        if self._file is not None:
            self._file.close()
            self._file = None
