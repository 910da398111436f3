# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Is everything in the store of which a card's journal says that it is stored?

A store can confirm what it then does not keep; a recorder, which may only write, cannot see that. Whoever may list
the store can. The name of an object holds its content's hash, so that the list alone tells.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from host_tools.card_journal import Key, Record
from host_tools.sources import open_source, read_store_file

_HASH_CHARACTERS = 16
_IN_KEY = re.compile(rf"(\d+)-(\d+)-([0-9a-f]{{{_HASH_CHARACTERS}}})\.mcap$")


def missing(records: dict[Key, Record], store_file: str | Path) -> Iterator[str]:
    """In words, each segment that the journal calls stored and the store does not list. Raises DaylogError."""
    settings = read_store_file(store_file)
    with open_source(f"s3://{settings['bucket']}/{settings.get('prefix', '')}", store_file) as store:
        listed = {(int(found[1]), int(found[2]), found[3], file.size) for file in store.segments if (found := _IN_KEY.search(file.path))}
    without_hash = {(boot, segment, "", size) for boot, segment, _, size in listed}
    for (boot, segment), record in sorted(records.items()):
        name = (boot, segment, record.sha256[:_HASH_CHARACTERS], record.size or 0)
        if record.stored and name not in listed | without_hash:
            yield f"boot {boot}, segment {segment} is stored by the journal and not in the store"
