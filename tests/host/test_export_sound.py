# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Sound in the film: heard where it was heard, whatever the microphone's crystal, and what is missing is silence."""

import io
import struct
from array import array
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from firmware.chunk import ChunkBuffer
from firmware.segment import SegmentWriter
from host_tools.export import export
from host_tools.footage import load, open_source
from host_tools.rebuild import rebuild
from host_tools.soundtrack import Soundtrack, stretched
from host_tools.verify import verify

RATE_HZ = 8000
START_MS = 5000
CLICK_EVERY_MS = 1000
LOUD = 30_000


def picture() -> bytes:
    with io.BytesIO() as file:
        Image.new("RGB", (16, 16)).save(file, "JPEG")
        return file.getvalue()


def block(first: int, samples: int, ppm: int) -> bytes:
    """With a click of 5 ms at each full second of the world; the crystal takes its samples too seldom or too often."""
    out = array("h", bytes(2 * samples))
    for number in range(samples):
        at_ms = (first + number) * 1_000_000_000 // (RATE_HZ * (1_000_000 + ppm))
        if at_ms % CLICK_EVERY_MS < 5:
            out[number] = LOUD if number % 2 else -LOUD
    return out.tobytes()


def record(folder: Path, seconds: int, ppm: int = 0, deaf_s: tuple[int, int] = (0, 0), about: tuple[str, ...] = ("sound_hz",)) -> Path:
    """A segment with a frame each second and blocks of 100 ms by the microphone's own crystal, each at its true time."""
    path = folder / "daylog/000001/000/000001.mcap"
    path.parent.mkdir(parents=True)
    pairs = [("device", "ears"), ("board", "test"), ("fps", "1"), ("boot", "1"), ("segment", "1"), ("time_base", "uptime")]
    chunk, image, heard = ChunkBuffer(1 << 18, b"ears"), memoryview(picture()), 0
    with path.open("w+b") as file:
        writer = SegmentWriter(file, [*pairs, *((name, str(RATE_HZ)) for name in about)], 1 << 30, 1 << 30, 1)
        for second in range(seconds):
            chunk.begin(1, 0)
            assert chunk.add_frame(image, second + 1, START_MS + 1000 * second)
            while (at_ms := heard * 1_000_000_000 // (RATE_HZ * (1_000_000 + ppm))) < 1000 * (second + 1):
                if not deaf_s[0] <= second < deaf_s[1]:
                    assert chunk.add_sound(memoryview(block(heard, RATE_HZ // 10, ppm)), RATE_HZ, START_MS + at_ms)
                heard += RATE_HZ // 10
            writer.put(chunk)
            while writer.step():
                pass
        writer.close()
    return folder


def clicks_ms(film: str) -> list[int]:
    """When the clicks of a film begin."""
    found, at = [-CLICK_EVERY_MS], 0
    with av.open(film) as container:
        for frame in container.decode(audio=0):
            assert frame.pts is not None and frame.time_base is not None
            start_ms = float(frame.pts * frame.time_base) * 1000
            for at, value in enumerate(memoryview(bytes(frame.planes[0])).cast("f")[: frame.samples]):
                at_ms = round(start_ms + at * 1000 / RATE_HZ)
                if abs(value) > 0.3 and at_ms - found[-1] > CLICK_EVERY_MS // 2:
                    found.append(at_ms)
    return found[1:]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("ppm", [-900, 900])
def test_a_click_is_heard_when_its_picture_is_seen(tmp_path: Path, suffix: str, ppm: int):
    """In two minutes the crystal goes as wrong, by 108 ms, as one of 30 ppm does in an hour; and the most that the recorder allows for."""
    film = export(record(tmp_path / "card", 120, ppm), tmp_path / f"film{suffix}")
    wrong_ms = [at % CLICK_EVERY_MS for at in clicks_ms(film.path)[:120]]
    wrong_ms = [late - CLICK_EVERY_MS if late > CLICK_EVERY_MS // 2 else late for late in wrong_ms]
    assert (len(wrong_ms), min(wrong_ms) >= -20, max(wrong_ms) <= 20, film.frames) == (120, True, True, 120)


def test_what_is_missing_is_silence(tmp_path: Path):
    root = record(tmp_path / "card", 10, deaf_s=(3, 6))
    film = export(root, tmp_path / "film.mp4")
    found = [round(at / CLICK_EVERY_MS) for at in clicks_ms(film.path)]
    assert (found, verify(root).sound_s, film.sound_s) == ([0, 1, 2, 6, 7, 8, 9], 7.0, 10.0)


def test_a_part_has_its_own_sound(tmp_path: Path):
    film = export(record(tmp_path / "card", 10), tmp_path / "film.mp4", start="4", end="7")
    assert ([round(at / CLICK_EVERY_MS) for at in clicks_ms(film.path)], film.sound_s) == ([0, 1, 2], 3.0)


def test_a_film_of_silent_footage_has_no_track(tmp_path: Path):
    film = export(record(tmp_path / "card", 3, deaf_s=(0, 3)), tmp_path / "film.mp4")
    with av.open(film.path) as container:
        assert (len(container.streams.audio), film.sound_s) == (0, 0)


def test_a_rebuilt_segment_still_sounds(tmp_path: Path):
    root = record(tmp_path / "card", 4)
    path = next(root.rglob("*.mcap"))
    data = bytearray(path.read_bytes())
    data[:8] = bytes(8)  # nothing of its head can be read
    data[data.index(b"\x0c", 8)] = 0
    path.write_bytes(data)
    with open_source(root) as source:
        footage = load(source)
        before = [block.samples for block in footage.segments[0].sounds()]
        assert rebuild(footage, footage.segments[0], tmp_path / "new.mcap")
    with open_source(tmp_path / "new.mcap") as source:
        after = [block.samples for block in load(source).segments[0].sounds()]
    assert (len(after), after == before) == (40, True)


@given(st.integers(0, 4000), st.integers(-8, 8))
def test_stretching_changes_the_length_and_little_else(size: int, by: int):
    by = max(-(size // 4), min(size // 4, by))
    out = stretched(array("h", range(size)), by)
    steps = {b - a for a, b in pairwise(out)}
    assert (len(out), steps <= {0, 1, 2}) == (size + by, True)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300)), max_size=30))
def test_the_track_is_never_far_from_the_times_of_its_blocks(blocks: list[tuple[int, int]]):
    track, at_ms, wrong = Soundtrack(1000), 0, 0
    for pause_ms, samples in blocks:
        at_ms += pause_ms
        placed = track.place(struct.pack(f"<{samples}h", *[7] * samples), at_ms)
        at_ms += samples
        wrong = max(wrong, abs(track.samples - at_ms))
        assert len(placed) % 2 == 0
    assert wrong <= 30
