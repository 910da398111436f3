# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a card's journal says of its segments, and whether the card agrees.

The records are decoded by the firmware's own module; only reading them out of an image is ours.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from firmware import journal
from host_tools.sources import Source, StoredFile

_COPY_BYTES = 1 << 20
_ON_CARD = ("closed", "stored", "set_aside")
Key = tuple[int, int]  # boot, segment


@dataclass
class Record:
    """The last state of a segment; size and hash as they were when it was closed, if it was."""

    state: str = ""
    size: int | None = None
    sha256: str = ""
    stored: bool = False

    def apply(self, entry: journal.Entry) -> None:
        kind = journal.KINDS[entry.kind]
        if kind in ("uploading", "idle"):  # an intention, and a boot's end: not states of a segment
            return
        self.state = kind
        self.stored = self.stored or kind == "stored"
        if kind == "closed":
            self.size, self.sha256 = entry.size, entry.sha256.hex()


def read_journal(source: Source) -> dict[Key, Record]:
    """The state of each segment by the newest generation; empty where there is no journal."""
    records: dict[Key, Record] = {}
    for file in source.journals[-1:]:
        with file.open() as stream:
            while data := stream.read(journal.RECORD_BYTES):
                entry = journal.decode(data)
                if entry is not None and entry.segment:
                    records.setdefault((entry.boot, entry.segment), Record()).apply(entry)
    return records


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
