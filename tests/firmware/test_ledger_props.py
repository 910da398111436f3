# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Journal and index as any bytes: loading never raises, invents nothing, and gives nothing away that is not stored."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from test_segments import record_one

from firmware.journal import RECORD_BYTES, decode
from firmware.segments import SegmentStore

FILES = [(1, segment) for segment in range(1, 7)]
STORED, KEPT = {(1, 1), (1, 2), (1, 6)}, {(1, 2), (1, 3)}
PATHS = ("journal/000000.jnl", "index/000000.idx", "index/000001.idx")


@cache
def original() -> dict[str, bytes]:
    """Journal and indexes of a card with six segments; of the last the tests leave out the file."""
    with card({}) as root:
        store = opened(root)
        for _ in FILES:
            record_one(store)
        for key in sorted(STORED):
            store.mark_stored(SimpleNamespace(boot=key[0], segment=key[1]), "etag")
        for key in sorted(KEPT):
            store.keep(*key)
        for _ in store.ledger.saving():
            pass
        store.set_aside(SimpleNamespace(boot=1, segment=4), "why")
        store.close()
        return {path: _read(f"{root}/daylog/{path}") for path in PATHS} | {
            f"1/{segment}": _read(store.path(1, segment)) for _, segment in FILES
        }


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


@contextmanager
def card(contents: dict[str, bytes]) -> Iterator[str]:
    root = tempfile.mkdtemp()
    try:
        for path, data in contents.items():
            os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
            with open(f"{root}/{path}", "wb") as file:
                file.write(data)
        yield root
    finally:
        shutil.rmtree(root)


def opened(root: str) -> SegmentStore:
    store = SegmentStore(root)
    store.load()
    return store


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """These bytes with some of them changed, sectors replaced, the end cut off, or something else in their place."""
    sectors = max(1, len(data) // RECORD_BYTES)

    def flip(at: int) -> bytes:
        return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]

    def replace(change: tuple[int, bytes]) -> bytes:
        start = change[0] * RECORD_BYTES
        return (data[:start] + change[1] + data[start + len(change[1]) :])[: len(data)]

    sector = st.binary(min_size=1, max_size=8).map(lambda pattern: (pattern * RECORD_BYTES)[:RECORD_BYTES])
    return st.one_of(
        st.just(data),
        st.integers(0, len(data) - 1).map(flip),
        st.tuples(st.integers(0, sectors - 1), sector).map(replace),
        st.integers(0, len(data)).map(lambda size: data[:size]),
        st.binary(max_size=2000),
    )


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_whatever_happened_to_journal_and_index(data: st.DataObject) -> None:
    whole = original()
    contents = {f"daylog/{path}": data.draw(damaged(whole[path])) for path in PATHS}
    files = {f"daylog/000001/000/{segment:06d}.mcap": whole[f"1/{segment}"] for _, segment in FILES[:5]}
    with card(contents | files) as root:
        store = opened(root)
        rows = {(boot, segment): state for boot, segment, state, _ in store.list()}
        kept = {(boot, segment) for boot, segment, _, _ in store.list("kept")}
        assert set(rows) - {(1, 6)} == set(FILES[:5]), "a file that nobody knows of, or a segment that never was"
        assert {key for key, state in rows.items() if state == "stored"} <= STORED
        assert kept <= KEPT
        assert store.boot == 2
        store.free_bytes = lambda: 0
        store.make_room(1)
        assert set(FILES[:5]) - set(store.files.all()) <= STORED
        info = store.next_pending()
        assert info is None or rows[info.boot, info.segment] == "closed"
        states = sorted(store.list())
        store.close()
        again = opened(root)
        assert sorted(again.list()) == states
        again.close()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600) | st.binary(min_size=RECORD_BYTES, max_size=RECORD_BYTES).map(lambda data: b"DLJ1" + data[4:]))
def test_a_record_of_any_bytes_is_none(data: bytes) -> None:
    assert decode(data) is None
