# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""However a segment is mutilated: what comes out was in it, every chunk that is whole comes out, and there is no other end."""

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from recordings import Segment, frames, jpeg
from test_recover import pictures_in

from host_tools.carve import open_carved
from host_tools.errors import DaylogError
from host_tools.recover import NothingRecovered, recover, recover_carved
from host_tools.verify import verify

FRAMES, PER_CHUNK, IDENTITY = 40, 5, 65


@cache
def whole() -> tuple[bytes, list[tuple[int, int, range]]]:
    """A segment, and (first byte, end, frames) of each chunk with its identity and indexes."""
    segment = Segment(frames(1, FRAMES))
    data, chunks = segment.encode(), []
    for n, index in enumerate(segment.chunk_indexes):
        end = index.chunk_start_offset + index.chunk_length + index.message_index_length
        chunks.append((index.chunk_start_offset - IDENTITY, end, range(n * PER_CHUNK + 1, (n + 1) * PER_CHUNK + 1)))
    return data, chunks


SIZE = len(whole()[0])
DAMAGE = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.one_of(st.binary(min_size=1, max_size=600), st.integers(1, 9000).map(bytes))), max_size=4
)


def mutilated(damage: list[tuple[int, bytes]], end: int) -> tuple[bytes, set[int]]:
    """The bytes, and the frames of the chunks that nothing has touched."""
    data, chunks = whole()
    spoilt = bytearray(data)
    for at, junk in damage:
        spoilt[at : at + len(junk)] = junk[: SIZE - at]
    safe = {n for start, stop, numbers in chunks if stop <= end and spoilt[start:stop] == data[start:stop] for n in numbers}
    return bytes(spoilt[:end]), safe


def judge(out: Path, safe: set[int]) -> list[str]:
    """What is wrong with the pictures that came out."""
    pictures = pictures_in(out)
    numbers = [sequence for sequence, _ in pictures]
    invented = [f"frame {n} was never in it" for n, picture in pictures if picture != jpeg(1000 + n)]
    lost = [f"frame {n} was whole and is gone" for n in sorted(safe - set(numbers))]
    return invented + lost + ([] if numbers == sorted(set(numbers)) else ["out of order"]) + verify(out).problems


@settings(max_examples=150, deadline=None)
@given(DAMAGE, st.integers(0, SIZE))
@example([], SIZE)
@example([(0, bytes(8))], SIZE)
@example([(SIZE - 8, bytes(8))], SIZE)
def test_recovering_a_file(damage: list[tuple[int, bytes]], end: int):
    data, safe = mutilated(damage, end)
    with tempfile.TemporaryDirectory() as scratch:
        path, out = Path(scratch) / "000001.mcap", Path(scratch) / "out"
        path.write_bytes(data)
        try:
            recover(path, out)
        except DaylogError:
            assert (safe, out.exists()) == (set(), False)
        else:
            assert judge(out, safe) == []


@settings(max_examples=100, deadline=None)
@given(DAMAGE, st.integers(0, SIZE), st.integers(0, 40))
def test_carving_a_disk(damage: list[tuple[int, bytes]], end: int, sector: int):
    data, safe = mutilated(damage, end)
    with tempfile.TemporaryDirectory() as scratch:
        path, out = Path(scratch) / "disk", Path(scratch) / "out"
        path.write_bytes(bytes(sector * 512) + data)
        try:
            with open_carved(path) as carved:
                recover_carved(carved.sources, out)
        except NothingRecovered:
            assert (safe, out.exists()) == (set(), False)
        else:
            assert judge(out, safe) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000), st.lists(st.sampled_from([b"DAYLOGCK", b"\x81\x38" + bytes(7), b"\x89MCAP0\r\n", bytes(512)]), max_size=9))
def test_any_bytes_give_an_error_in_words(junk: bytes, pieces: list[bytes]):
    with tempfile.TemporaryDirectory() as scratch:
        path, said = Path(scratch) / "a.mcap", []
        path.write_bytes(junk + b"".join(pieces))
        for attempt in (lambda: recover(path, Path(scratch) / "one"), lambda: carve(path, Path(scratch) / "two")):
            try:
                attempt()
            except DaylogError as error:
                said.append(bool(error.message))
        assert said == [True, True]


def carve(path: Path, out: Path) -> None:
    with open_carved(path) as carved:
        recover_carved(carved.sources, out)
