# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Access units of a byte stream: the same however it is cut, and the same as FFmpeg's."""

import io
import sys
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "host"))
from h264 import encoded

from hal.linux.annexb import LEAST_ROOM, AccessUnits, is_key

CAPACITY = 4 * LEAST_ROOM
IDR, SLICE, REST, SEI, SPS, PPS, DELIMITER = b"\x65\x88", b"\x41\x9a", b"\x41\x40", b"\x06\x05", b"\x67\x64", b"\x68\xee", b"\x09\xf0"


def read(data, pieces, capacity=CAPACITY, lag=0):
    """Units of a stream that comes in pieces of these sizes, in turn, for a reader who is behind by so many units."""
    units, found, at, turn = AccessUnits(capacity), [], 0, 0
    while at < len(data):
        room = units.room()
        while room is None or units.waiting() > lag:
            found.append((bytes(units.first().view), units.first().is_key))
            units.release()
            room = room or units.room()
        size = min(pieces[turn % len(pieces)], len(room), len(data) - at)
        room[:size] = data[at : at + size]
        units.took(size, at)
        at, turn = at + size, turn + 1
    units.finish()
    while units.waiting():
        found.append((bytes(units.first().view), units.first().is_key))
        units.release()
    return found


payloads = st.binary(max_size=40).map(lambda data: bytes(byte | 0x10 for byte in data))
starts = st.sampled_from([b"\0\0\1", b"\0\0\0\1"])


@st.composite
def nal_units(draw, head):
    return draw(starts) + head + draw(payloads)


@st.composite
def access_units(draw):
    heads = [DELIMITER] if draw(st.booleans()) else []
    key = draw(st.booleans())
    heads += ([SPS, PPS] if key else []) + ([SEI] if draw(st.booleans()) else [])
    heads += [IDR if key else SLICE] + draw(st.lists(st.just(REST), max_size=3))
    return b"".join(draw(nal_units(head)) for head in heads), key


@settings(deadline=None)
@given(st.lists(access_units(), max_size=12), st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(0, 5))
def test_any_cut_gives_the_same_units(units, pieces, lag):
    stream = b"".join(data for data, _ in units)
    assert read(stream, pieces, lag=lag) == units


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 200_000), st.integers(0, 3), st.integers(0, 9))
def test_units_go_round_the_buffer(piece, lag, seed):
    units = [(b"\0\0\0\1" + SLICE + bytes([seed + 16 + n % 64]) * (LEAST_ROOM // 3 + 999 * n), False) for n in range(20)]
    assert read(b"".join(data for data, _ in units), [piece], lag=lag) == units


@given(st.binary(max_size=400), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_garbage_gives_the_same_units_however_it_is_cut(data, pieces):
    assert read(data, pieces) == read(data, [LEAST_ROOM])


def test_a_frame_without_an_end_is_refused():
    with pytest.raises(OSError, match="no end"):
        read(b"\0\0\1" + SLICE + b"\xaa" * (2 * CAPACITY), [LEAST_ROOM])


@pytest.mark.parametrize("options", [{}, {"aud": "1"}, {"slices": "4"}, {"keyint": "5"}])
def test_units_are_those_of_ffmpeg(options):
    stream = encoded(frames=24, **options)
    with av.open(io.BytesIO(stream), format="h264") as container:
        expected = [(bytes(packet), packet.is_keyframe) for packet in container.demux() if packet.size]
    found = read(stream, [777, 4096])
    assert found == expected
    assert [key for _, key in found] == [is_key(data) for data, _ in found]
