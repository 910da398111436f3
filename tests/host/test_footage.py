# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments from every kind of source, whole, torn and damaged; their order; their dates."""

import io
from pathlib import Path

import pytest
from fat_images import image_of_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import PERIOD_MS, Segment, frames, gap, jpeg, json_row, write_all

from host_tools.errors import DaylogError
from host_tools.footage import Footage, load
from host_tools.segment_file import read_segment
from host_tools.sources import open_source
from host_tools.timeline import lay_out

SECOND = 1_000_000_000


def footage_of(where: Path) -> Footage:
    with open_source(where) as source:
        return load(source, hashes=True)


def two_boots(root: Path) -> Path:
    first = [Segment(frames(1, 10)), Segment(frames(11, 14), number=2)]
    return write_all(root, [*first, Segment(frames(1, 3, boot=2), boot=2)])


def test_every_kind_of_source_gives_the_same_footage(tmp_path):
    folder = two_boots(tmp_path / "card")
    image = image_of_folder(tmp_path / "card.img", folder)
    seen = []
    for where in (folder, image):
        with open_source(where) as source:
            pictures = list(load(source).pictures())
            seen.append([(source.kind, p.boot, p.sequence, p.uptime_ns // 1_000_000, p.data) for p in pictures])
    expected = [(1, n, n * PERIOD_MS, jpeg(1000 + n)) for n in range(1, 15)] + [(2, n, n * PERIOD_MS, jpeg(2000 + n)) for n in range(1, 4)]
    assert seen == [[(kind, *row) for row in expected] for kind in ("folder", "card image")]


def test_one_segment_is_a_source_too(tmp_path):
    path = Segment(frames(1, 3)).write(tmp_path)
    path = path.rename(tmp_path / "anything.bin")
    assert [(s.boot, s.number, len(s.frames), s.closed) for s in footage_of(path).segments] == [(1, 1, 3, True)]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [("missing", None, "does not exist"), ("empty.img", b"", "is empty"), ("garbage.img", b"\x5a" * 5000, "is not a FAT card image")],
)
def test_what_cannot_be_a_source_is_said_in_words(tmp_path, name, data, says):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DaylogError, match=says), open_source(tmp_path / name):
        pass


def test_an_unclosed_segment_is_read_to_its_last_chunk(tmp_path):
    whole = Segment(frames(1, 20), closed=False).encode()
    path = tmp_path / "torn.mcap"
    path.write_bytes(whole[:-700])
    [segment] = footage_of(path).segments
    assert [frame.sequence for frame in segment.frames] == list(range(1, 16))
    assert (segment.closed, segment.damage, segment.torn_bytes > 0) == (False, [], True)


@pytest.mark.parametrize("closed", [True, False])
def test_a_bad_sector_costs_one_chunk(tmp_path, closed):
    segment = Segment(frames(1, 20), closed=closed)
    data = bytearray(segment.encode())
    start = segment.chunk_indexes[1].chunk_start_offset + 600
    data[start : start + 512] = b"\xff" * 512
    path = tmp_path / "bad.mcap"
    path.write_bytes(data)
    [read] = footage_of(path).segments
    assert [frame.sequence for frame in read.frames] == [*range(1, 6), *range(11, 21)]
    assert any("are unreadable" in damage for damage in read.damage)


def test_a_lost_first_sector_costs_no_frame(tmp_path):
    folder = tmp_path / "card"
    path = Segment(frames(1, 20), boot=7, number=3).write(folder)
    path.write_bytes(b"\xff" * 512 + path.read_bytes()[512:])
    [segment] = footage_of(folder).segments
    assert (segment.boot, segment.number, len(segment.frames), bool(segment.damage)) == (7, 3, 20, True)


def test_gaps_events_and_clocks_are_read(tmp_path):
    rows = [*frames(1, 3), gap("overflow", 2, 300, 500), json_row("/daylog/events", 500, kind="card", text="slow")]
    rows.append(json_row("/daylog/clock", 600, boot=1, uptime_ms=600, unix_ms=1600, source="ntp"))
    [segment] = footage_of(Segment(rows).write(tmp_path)).segments
    assert [(g.cause, g.frames, g.from_uptime_ms, g.to_uptime_ms) for g in segment.gaps] == [("overflow", 2, 300, 500)]
    assert [event["kind"] for event in segment.events] == ["card"]
    assert [clock["source"] for clock in segment.clocks] == ["ntp"]


def test_uptime_segments_are_dated_by_what_was_learnt_later(tmp_path):
    offset_ms = 1_790_000_000_000
    root = write_all(tmp_path, [Segment(frames(1, 10)), Segment(frames(11, 20), number=2, utc_offset_ms=offset_ms)])
    footage = footage_of(root)
    assert [frame.uptime_ns for frame in footage.boots[0].frames] == [n * PERIOD_MS * 1_000_000 for n in range(1, 21)]
    assert lay_out(footage).utc_start_ns == (offset_ms + PERIOD_MS) * 1_000_000
    assert lay_out(footage).duration_ns == 2 * SECOND


@pytest.mark.parametrize(
    ("offsets_ms", "film_starts_s"),
    [((5_000, 65_000), [0, 60]), ((None, None), [0, 1]), ((5_000, None), [0, 1]), ((5_000, 0), [0, 1]), ((None, 65_000), [0, 1])],
)
def test_boots_follow_utc_where_it_is_known_and_never_overlap(tmp_path, offsets_ms, film_starts_s):
    segments = [Segment(frames(1, 10, boot=b), boot=b, utc_offset_ms=offsets_ms[b - 1]) for b in (1, 2)]
    line = lay_out(footage_of(write_all(tmp_path, segments)))
    assert [line.film_ns(b.number, b.frames[0].uptime_ns) / SECOND for b in line.boots] == film_starts_s


def test_footage_of_two_recorders_has_no_one_timeline(tmp_path):
    for device in ("a", "b"):
        Segment(frames(1, 3), device=device).write(tmp_path / device)
    footage = footage_of(tmp_path)
    assert [len(one.segments) for one in footage.by_device()] == [1, 1]
    with pytest.raises(DaylogError, match="2 recorders"):
        footage.of_one_device()


def test_a_recorder_that_was_given_a_name_goes_on_with_its_boots(tmp_path):
    for boot, device in ((1, "unnamed"), (2, "ann")):
        Segment(frames(1, 3, boot=boot), boot=boot, device=device).write(tmp_path / device)
    (tmp_path / "0.jnl").write_bytes(b"")
    assert [boot.device for boot in footage_of(tmp_path).of_one_device().boots] == ["unnamed", "ann"]


@given(st.integers(0, 9000), st.booleans(), st.lists(st.tuples(st.integers(0, 9000), st.binary(min_size=1, max_size=600)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_the_reader_raise_or_invent_frames(length, closed, damages):
    data = bytearray(Segment(frames(1, 8), closed=closed, rows_per_chunk=2).encode())
    for start, garbage in damages:
        data[start : start + len(garbage)] = garbage
    content = read_segment(io.BytesIO(bytes(data[:length])))
    assert {s.sequence for s in content.messages if s.topic == "/camera"} <= set(range(1, 9))
