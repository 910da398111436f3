# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Reels: of any video, at the profile's size, rate and bytes a frame; or a clear refusal."""

import io
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops

from host_tools.boards import load
from host_tools.demo import BOARD, clip
from sim import reel

SMALL = {"width": 160, "height": 120, "fps": 10, "expected_kb_per_frame": 4, "fb_bytes": 20_000}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYLOG_CACHE", str(tmp_path / "cache"))


def film(path: Path, times: list[int], codec: str = "mpeg4", size: tuple[int, int] = (64, 48), rate: int = 10) -> Path:
    """A video with a grey picture at each time (in periods of `rate`): the n-th is 10 n bright."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for n, time in enumerate(times):
            frame = av.VideoFrame.from_image(Image.new("RGB", size, (10 * n,) * 3))
            frame.pts, frame.time_base = time, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def frames(path: Path) -> list[bytes]:
    made = reel.Reel(path)
    found = [made.frame(i) for i in range(made.frames)]
    made.close()
    return found


def shades(path: Path) -> list[int]:
    """Which picture of a `film` each frame shows."""
    centres: Any = [Image.open(io.BytesIO(frame)).convert("L").getpixel((80, 60)) for frame in frames(path)]
    return [round(centre / 10) for centre in centres]


# -- what is in a reel -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["svga10", "qvga20"])
def test_a_real_clip_has_the_size_rate_and_bytes_of_the_profile(name: str):
    profile = load(BOARD)["profiles"][name]
    found = frames(reel.make(clip(), profile))
    mean = sum(map(len, found)) / len(found)
    assert len(found) == 10 * profile["fps"]  # the clip lasts 10 s
    assert abs(mean / (1000 * profile["expected_kb_per_frame"]) - 1) < 0.1
    assert max(map(len, found)) <= profile["fb_bytes"]
    assert {Image.open(io.BytesIO(frame)).size for frame in found} == {(profile["width"], profile["height"])}


def test_a_scene_that_does_not_change_keeps_the_noise_of_its_sensor():
    profile = load(BOARD)["profiles"]["vga10"]
    moving, still = (list(map(len, frames(reel.make(clip(), profile, show=show)))) for show in (reel.pictures, reel.still))
    mean = sum(still) / len(still)
    assert (len(still), len(set(still)) > reel.STILL_FRAMES // 2) == (reel.STILL_FRAMES, True)
    assert max(still) - min(still) < 0.02 * mean < (max(moving) - min(moving)) / 5


def test_a_stamp_changes_the_number_and_not_the_picture():
    frame = frames(reel.make(clip(), SMALL))[0]
    stamped = reel.stamped(frame, 1234)
    assert (len(stamped), stamped[2:22]) == (len(frame), b"\xff\xfe\x00\x12daylog 000001234"[:20])
    assert stamped[22:] == frame[22:]
    assert ImageChops.difference(Image.open(io.BytesIO(frame)), Image.open(io.BytesIO(stamped))).getbbox() is None


def test_a_frame_too_large_for_the_sensor_is_made_smaller():
    tight = {**SMALL, "fb_bytes": 3500}
    assert max(map(len, frames(reel.make(clip(), tight)))) <= 3500


def test_the_picture_fills_the_frame_and_keeps_its_shape():
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("white", (100, 0, 200, 100))
    square = reel.fill(wide, (50, 50))
    assert [square.getpixel(at) for at in ((1, 1), (25, 25), (48, 48))] == [(255, 255, 255)] * 3


# -- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([5, 6, 7], [0, 1, 2]),  # the first is the beginning
        ([0, 3, 4], [0, 1, 1, 1, 2]),  # a pause is bridged with what comes after it
        ([0, 1, 900, 901], [0, 1, 2, 3]),  # a minute and a half is no pause but another clock
    ],
)
def test_pictures_are_taken_at_their_times(tmp_path: Path, times: list[int], shown: list[int]):
    assert shades(reel.make(film(tmp_path / "film.mkv", times), SMALL)) == shown


@pytest.mark.parametrize(("rate", "length"), [(5, 8), (10, 4), (20, 2), (30, 2)])
def test_other_rates_are_brought_to_the_profiles(tmp_path: Path, rate: int, length: int):
    """Four pictures; mkv rounds 1/30 s to milliseconds."""
    made = reel.make(film(tmp_path / "film.mkv", [0, 1, 2, 3], rate=rate), SMALL)
    assert abs(len(frames(made)) - length) <= 1


def test_a_rate_that_the_container_rounds_shows_no_picture_twice(tmp_path: Path):
    made = reel.make(film(tmp_path / "film.mkv", list(range(24)), rate=30), {**SMALL, "fps": 30})
    assert shades(made) == list(range(24))


# -- any file FFmpeg can read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "mpeg4"), ("a.avi", "mjpeg"), ("a.ts", "mpeg2video"), ("a.h264", "libx264"), ("a.m4v", "mpeg4")]
)
def test_containers_and_streams_without_times(tmp_path: Path, name: str, codec: str):
    """A bare H.264 stream has no times at all, and claims 25 frames a second."""
    made = frames(reel.make(film(tmp_path / name, list(range(25)), codec, rate=25), SMALL))
    assert 9 <= len(made) <= 10


def test_a_picture_is_a_very_short_video(tmp_path: Path):
    Image.new("RGBA", (33, 71), "green").save(tmp_path / "one.png")
    assert len(frames(reel.make(tmp_path / "one.png", SMALL))) == 1


def test_a_damaged_stretch_costs_its_own_frames_only(tmp_path: Path):
    data = bytearray(clip().read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = b"U" * 3000
    (tmp_path / "damaged.mp4").write_bytes(data)
    assert len(frames(reel.make(tmp_path / "damaged.mp4", SMALL))) > 80


def silence(path: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))


REFUSED = {
    "there is no video": lambda path: None,
    "cannot be read as a video": lambda path: path.write_bytes(b""),
    "cannot be read as a video: .*Invalid data": lambda path: path.write_bytes(b"some text " * 100),
    "has no video stream": silence,
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_no_video_is_refused_in_words(tmp_path: Path, words: str):
    path = tmp_path / "film.wav"
    REFUSED[words](path)
    with pytest.raises(reel.VideoError, match=words):
        reel.make(path, SMALL)
    assert list((tmp_path / "cache").rglob("*.reel*")) == []


# -- the cache -------------------------------------------------------------------------------------


def test_it_is_made_once_and_tells_how_far_it_is(tmp_path: Path):
    done: list[int] = []
    first = reel.make(clip(), SMALL, done.append)
    copy = tmp_path / "renamed.mp4"
    copy.write_bytes(clip().read_bytes())
    again = reel.make(copy, SMALL, done.append)
    other = reel.make(clip(), {**SMALL, "fps": 5})
    assert (first == again, first == other, done) == (True, False, [32, 64, 96, 100])


def test_a_very_long_video_is_used_up_to_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reel, "MOST_FRAMES", 40)
    assert len(frames(reel.make(clip(), SMALL))) == 40
    monkeypatch.setattr(reel, "MOST_BYTES", 60_000)
    assert 60_000 < sum(map(len, frames(reel.make(clip(), {**SMALL, "width": 176})))) < 70_000
