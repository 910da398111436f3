# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The overview: which frames it shows, what its lanes say, and that something is drawn."""

from pathlib import Path

import pytest
from PIL import Image
from recordings import Segment, camera_row, frames, gap, truth_rows, write_all, write_truth

from host_tools.errors import DaylogError
from host_tools.footage import load
from host_tools.picture import choose, clock, overview
from host_tools.sources import open_source
from host_tools.story import Story, joined, tell
from host_tools.timeline import lay_out
from host_tools.truth import read_truth


def card(tmp_path: Path) -> Path:
    """Ten frames, two dropped, eight more, a cut that took two; then a second boot."""
    first = [*frames(1, 10), gap("overflow", 2, 1000, 1300), *frames(13, 20), gap("power_on", None, 2000, None)]
    segments = [Segment(first, utc_offset_ms=0), Segment(frames(1, 10, boot=2), boot=2, utc_offset_ms=4000)]
    return write_all(tmp_path / "card", segments)


def truth(tmp_path: Path) -> Path:
    first = [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate="dropped:overflow"), *truth_rows(range(13, 21))]
    rows = [*first, *truth_rows([21, 22], fate="lost:power_cut"), *truth_rows(range(1, 11), boot=2)]
    return write_truth(tmp_path / "truth.jsonl", rows)


def story_of(where: Path, truth_file: Path | None = None) -> Story:
    with open_source(where) as source:
        footage = load(source, hashes=True)
        return tell(footage, lay_out(footage), read_truth(truth_file) if truth_file else None, {(1, 1)})


def rounded(story: Story) -> dict:
    return {lane.title: ([(round(a, 1), round(b, 1)) for a, b in lane.spans], lane.summary) for lane in story.lanes}


def test_the_lanes_tell_what_the_truth_says(tmp_path):
    story = story_of(card(tmp_path), truth(tmp_path))
    assert rounded(story) == {
        "captured": ([(0.0, 2.2), (4.0, 5.0)], "32 frames"),
        "recorded": ([(0.0, 1.0), (1.2, 2.0), (4.0, 5.0)], "28 frames"),
        "dropped": ([(1.0, 1.2)], "2 frames: overflow"),
        "lost": ([(2.0, 2.2)], "2 frames: power cut"),
        "stored": ([(0.0, 2.0)], "1 of 2 segments"),
    }
    assert (story.duration_s, [(round(cut.at_s, 1), cut.cause) for cut in story.cuts]) == (5.0, [(2.2, "power cut")])


def test_without_truth_they_tell_what_the_recording_knows(tmp_path):
    lanes = rounded(story_of(card(tmp_path)))
    assert lanes["dropped"] == ([(0.9, 1.2)], "2 frames: overflow")
    assert lanes["lost"] == ([(1.9, 2.0)], "1 gap: power cut")
    assert "captured" not in lanes


@pytest.mark.parametrize(
    ("spans", "expected"),
    [([], []), ([(0, 1)], [(0, 1)]), ([(0, 1), (1.2, 2)], [(0, 2)]), ([(0, 1), (2, 3)], [(0, 1), (2, 3)]), ([(0, 5), (1, 2)], [(0, 5)])],
)
def test_spans_that_nearly_touch_are_one(spans, expected):
    assert joined(spans, 0.5) == expected


@pytest.mark.parametrize(("count", "expected"), [(1, [1]), (2, [1, 20]), (3, [1, 11, 20]), (50, list(range(1, 21)))])
def test_frames_are_chosen_evenly(tmp_path, count, expected):
    with open_source(write_all(tmp_path, [Segment(frames(1, 12)), Segment(frames(13, 20), number=2)])) as source:
        footage = load(source)
        assert [round(thumb.at_s * 10) + 1 for thumb in choose(footage, lay_out(footage), count)] == expected


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00.0"), (59.96, "1:00.0"), (61.25, "1:01.2"), (3725.5, "1:02:05.5")])
def test_times_read_like_a_clock(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(
    "rows", [frames(1, 40), frames(1, 1), [camera_row(1, 100, b"no picture"), *frames(2, 3)]], ids=["many", "one", "a bad one"]
)
def test_a_picture_is_drawn(tmp_path, rows):
    overview(write_all(tmp_path / "card", [Segment(rows)]), tmp_path / "overview.png", title="Test")
    picture = Image.open(tmp_path / "overview.png")
    colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert (picture.width, (0x43, 0xB5, 0x81) in colours) == (1440, True)


def test_nothing_to_draw_is_said(tmp_path):
    with pytest.raises(DaylogError, match="holds no frames"):
        overview(write_all(tmp_path / "card", [Segment([gap("paused", None, 0, 100)])]), tmp_path / "overview.png")
