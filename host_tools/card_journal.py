# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a card's journal says of its segments, and whether the card agrees.

The records are decoded by the firmware's own module; so is the copy of the index; only
reading them out of an image is ours.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from firmware import journal
from firmware.index import Position, SegmentIndex
from host_tools.sources import Source, StoredFile

_COPY_BYTES = 1 << 20
_ON_CARD = ("closed", "stored", "set_aside")
_STATES = (journal.OPEN, journal.CLOSED, journal.STORED, journal.SET_ASIDE, journal.FULL, *journal.GONE)
Key = tuple[int, int]  # boot, segment


@dataclass
class Record:
    """The last state of a segment; size and hash as they were when it was closed, if it was."""

    state: str = ""
    size: int | None = None
    sha256: str = ""
    stored: bool = False
    kept: bool = False

    def apply(self, entry: journal.Entry) -> None:
        if entry.kind in (journal.KEPT, journal.RELEASED):
            self.kept = entry.kind == journal.KEPT
        elif entry.kind in _STATES:
            self.become(journal.KINDS[entry.kind])
        if entry.kind == journal.CLOSED:
            self.size, self.sha256 = entry.size, entry.sha256.hex()

    def become(self, state: str) -> None:
        self.state = state
        self.stored = self.stored or state == "stored"


def read_journal(source: Source) -> dict[Key, Record]:
    """The state of each segment: by the journal, and by the newest whole copy of the index where that knows more.

    A "segment 0" in state "full": the recording of that boot has stopped for want of room, and has not gone on."""
    records: dict[Key, Record] = {}
    index, position = _newest_index(source)
    entries = list(_entries(source))
    for number, entry in entries:
        if number < position.record:
            _apply(records, entry)
    for at in range(len(index.states)):
        record = _record(records, index.boots[at], index.segments[at])
        record.become(journal.KINDS[index.kind(at)])
        record.kept = index.is_kept(at)
        record.size = record.size if record.size is not None or index.kind(at) == journal.OPEN else index.sizes[at]
    for number, entry in entries:
        if number >= position.record:
            _apply(records, entry)
    return {key: record for key, record in records.items() if record.state}


def _apply(records: dict[Key, Record], entry: journal.Entry) -> None:
    _record(records, entry.boot, entry.segment).apply(entry)
    if entry.kind == journal.OPEN:
        records.pop((entry.boot, 0), None)


def _record(records: dict[Key, Record], boot: int, segment: int) -> Record:
    return records.setdefault((boot, segment), Record())


def _entries(source: Source) -> Iterator[tuple[int, journal.Entry]]:
    """Every good record with its number."""
    for file in source.journals:
        name = PurePosixPath(file.path).stem
        generation = int(name) if name.isdecimal() else 0
        with file.open() as stream:
            for place in range(-(-file.size // journal.RECORD_BYTES)):
                entry = journal.decode(stream.read(journal.RECORD_BYTES))
                if entry is not None:
                    yield generation * journal.GENERATION_RECORDS + place, entry


def _newest_index(source: Source) -> tuple[SegmentIndex, Position]:
    for file in reversed(source.indexes):
        index = SegmentIndex("")
        with file.open() as stream:
            position = index.read(stream, file.size)
        if position is not None:
            return index, position
    return SegmentIndex(""), Position()


def disagreements(records: dict[Key, Record], files: dict[Key, StoredFile]) -> Iterator[str]:
    """Where the card is not as its journal says."""
    for key, record in sorted(records.items()):
        if record.state in _ON_CARD and key not in files:
            yield f"{_name(key)} is {record.state} by the journal and not on the card"
    for key, file in sorted(files.items()):
        yield from _differences(_name(key), records.get(key), file)


def _differences(name: str, record: Record | None, file: StoredFile) -> Iterator[str]:
    if record is None:
        yield f"{name} is on the card and not in the journal"
    elif record.state in _ON_CARD and record.size is not None and record.size != file.size:
        yield f"{name} has {file.size} bytes, {record.size} by the journal"
    elif record.state in _ON_CARD and record.sha256 and record.sha256 != _sha256(file):
        yield f"{name} does not have the SHA-256 that the journal says"


def _name(key: Key) -> str:
    return f"boot {key[0]}, segment {key[1]}"


def _sha256(file: StoredFile) -> str:
    digest = hashlib.sha256()
    with file.open() as stream:
        while data := stream.read(_COPY_BYTES):
            digest.update(data)
    return digest.hexdigest()
