# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A reel: the frames of any video, as the board's sensor would give them.

Frames are scaled to the profile's size (the picture fills it, the rest is cropped), taken at the profile's rate, and encoded
at the JPEG quality that comes closest to the profile's expected size. The comment after SOI is where the simulated
sensor stamps a frame number, so that no two frames of a run are alike. Made once, kept in the cache. Of a very long video
the beginning is used.

    path = make("clip.mp4", board["profiles"]["svga10"])
    first = Reel(path).frame(0)

File: a JSON line, u32 offset and u32 size of each frame, the JPEGs.
"""

import hashlib
import io
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import av
from av.error import FFmpegError, InvalidDataError
from PIL import Image, ImageChops

from host_tools.errors import DaylogError
from sim.cache import kept

COMMENT = b"\xff\xfe\x00\x12" + b"daylog 000000000"
STAMP = slice(13, 22)  # of a frame: the nine digits
FORMAT = 3
MOST_FRAMES = 100_000
MOST_BYTES = 1 << 30
_TRIED_FRAMES = 12
_BATCH = 32
_USUAL_RATE = 25
_LONGEST_STILL_S = 10  # a longer pause between two frames is a break in the timestamps
STILL_FRAMES = 16
_NOISE = 2  # how far a sensor's noise takes a pixel up or down (estimate)
_EARLY = Fraction(1, 10)  # of a period; containers round their times

Progress = Callable[[int], None]
Show = Callable[[Path, dict[str, Any]], Iterator[Image.Image]]


class VideoError(DaylogError):
    """A video that cannot be read."""


# -- reading a video -------------------------------------------------------------------------------


def existing(video: Path) -> Path:
    if not video.is_file():
        raise VideoError(f"there is no video {video}", "give the path of a video file")
    return video


@contextmanager
def _opened(video: Path) -> Iterator[Any]:
    """A container with a video stream. Raises VideoError, also for what goes wrong in the block."""
    try:
        with av.open(str(existing(video))) as container:
            if not container.streams.video:
                raise VideoError(f"{video} has no video stream", "give a file that FFmpeg can play")
            yield container
    except (FFmpegError, OSError) as error:
        raise VideoError(f"{video} cannot be read as a video: {error}", "give a file that FFmpeg can play") from error


def _decoded(container: Any) -> Iterator[Any]:
    """As FFmpeg does: a damaged packet costs its own frames and no others."""
    for packet in container.demux(container.streams.video[0]):
        with suppress(InvalidDataError):
            yield from packet.decode()


def _timed(container: Any) -> Iterator[tuple[Fraction, Any]]:
    """Frames with seconds since the first, which never go back. Frames without a time have their stream's rate."""
    period = 1 / Fraction(container.streams.video[0].guessed_rate or _USUAL_RATE)
    elapsed, last = -period, None
    for number, frame in enumerate(_decoded(container)):
        now = number * period if frame.pts is None else frame.pts * Fraction(frame.time_base)
        step = period if last is None else now - last
        elapsed += step if 0 <= step <= _LONGEST_STILL_S else period
        last = now
        yield elapsed, frame


def pictures(video: Path, profile: dict[str, Any]) -> Iterator[Image.Image]:
    """The video's pictures at the profile's rate and size. Raises VideoError."""
    due = 0
    with _opened(video) as container:
        for elapsed, frame in _timed(container):
            picture = None
            while elapsed * profile["fps"] + _EARLY >= due:
                picture = picture or _picture(frame, profile)
                yield picture
                due += 1


def still(video: Path, profile: dict[str, Any]) -> Iterator[Image.Image]:
    """The video's first picture as a sensor sees it when nothing moves: its own noise remains. Raises VideoError."""
    for picture in islice(pictures(video, profile), 1):
        yield from (_noisy(picture, seed) for seed in range(STILL_FRAMES))


def _noisy(picture: Image.Image, seed: int) -> Image.Image:
    noise = Image.frombytes("RGB", picture.size, Random(seed).randbytes(3 * picture.width * picture.height))
    return ImageChops.add(picture, noise.point([value * (2 * _NOISE + 1) // 256 for value in range(256)] * 3), offset=-_NOISE)


def expected_frames(video: Path, profile: dict[str, Any]) -> int | None:
    """About how many a reel of it will have, if its container tells. Raises VideoError."""
    with _opened(video) as container:
        return min(MOST_FRAMES, container.duration * profile["fps"] // av.time_base) if container.duration else None


def _picture(frame: Any, profile: dict[str, Any]) -> Image.Image:
    upright = frame.to_image().rotate(frame.rotation, expand=True)  # as a phone was held
    return fill(upright, (profile["width"], profile["height"]))


def fill(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale so that the picture fills the size, and crop what sticks out."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    wide, high = size[0] / scale, size[1] / scale
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    return picture.resize(size, Image.Resampling.BILINEAR, box=(left, top, left + wide, top + high))


# -- encoding --------------------------------------------------------------------------------------


def encode(picture: Image.Image, quality: int) -> bytes:
    """One JPEG with the comment to be stamped right after SOI."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    data = out.getvalue()
    return data[:2] + COMMENT + data[2:]


def best_quality(samples: list[Image.Image], profile: dict[str, Any]) -> int:
    """The quality (5 to 95) whose mean size is nearest to the expected one, by bisection."""
    low, high, wanted = 5, 95, profile["expected_kb_per_frame"] * 1000
    while low < high:
        middle = (low + high + 1) // 2
        mean = sum(len(encode(p, middle)) for p in samples) / len(samples)
        low, high = (middle, high) if mean <= wanted else (low, middle - 1)
    return low


def stamped(frame: bytes, number: int, stamp: slice = STAMP) -> bytes:
    """The bytes of a reel's frame as the sensor gives them for frame `number` of a run."""
    return frame[: stamp.start] + b"%09d" % (number % 10**9) + frame[stamp.stop :]


class Reel:
    """Random access to the frames of a reel file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.about = json.loads(self._file.readline())
        self.frames: int = self.about["frames"]
        self.stamp = slice(*self.about["stamp"]) if "stamp" in self.about else STAMP
        index = self._file.read(8 * self.frames)
        self._places = [struct.unpack_from("<II", index, 8 * i) for i in range(self.frames)]

    def frame(self, index: int) -> bytes:
        offset, size = self._places[index]
        self._file.seek(offset)
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


# -- making a reel ---------------------------------------------------------------------------------


def make(video: str | Path, profile: dict[str, Any], progress: Progress = lambda frames: None, show: Show = pictures) -> Path:
    """The reel of a video for a profile; from the cache when it was made before. Raises VideoError.

    `progress` is told how many frames are done; `show`: what is seen of the video.
    """
    source = existing(Path(video))
    name = f"{_key(source, profile)}{'' if show is pictures else '-' + show.__name__}.reel"
    return kept("reels", name, lambda path: _write(path, source, profile, show(source, profile), progress))


def _key(source: Path, profile: dict[str, Any]) -> str:
    shape = [FORMAT] + [profile[name] for name in ("width", "height", "fps", "expected_kb_per_frame", "fb_bytes")]
    return hashlib.sha256(digest(source) + json.dumps(shape).encode()).hexdigest()[:32]


def digest(source: Path) -> bytes:
    """Of a video file."""
    found = hashlib.sha256()
    with source.open("rb") as file:
        while data := file.read(1 << 20):
            found.update(data)
    return found.digest()


def _samples(source: Path, profile: dict[str, Any]) -> list[Image.Image]:
    """Pictures from all over the video; from its beginning if it cannot be searched. Raises VideoError."""
    found: list[Image.Image] = []
    with _opened(source) as container, suppress(FFmpegError):
        for part in range(_TRIED_FRAMES if container.duration else 0):
            container.seek(container.duration * part // _TRIED_FRAMES)
            found += [_picture(frame, profile) for frame in islice(_decoded(container), 1)]
    found = found or list(islice(pictures(source, profile), 0, 8 * _TRIED_FRAMES, 8))
    if not found:
        raise VideoError(f"{source} holds no picture", "give a file that FFmpeg can play")
    return found


def _write(path: Path, source: Path, profile: dict[str, Any], shown: Iterator[Image.Image], progress: Progress) -> None:
    quality = best_quality(_samples(source, profile), profile)
    with tempfile.TemporaryFile(dir=path.parent) as body, path.open("wb") as file:
        sizes = _write_frames(body, _encode_all(shown, profile, quality, progress))
        about = {"format": FORMAT, "frames": len(sizes), "quality": quality, "width": profile["width"], "height": profile["height"]}
        head = json.dumps(about).encode() + b"\n"
        file.write(head + index_of(len(head) + 8 * len(sizes), sizes))
        body.seek(0)
        shutil.copyfileobj(body, file, 1 << 20)


def _write_frames(body: Any, frames: Iterator[bytes]) -> list[int]:
    """Their sizes, up to what a reel may hold."""
    sizes: list[int] = []
    for frame in islice(frames, MOST_FRAMES):
        sizes.append(len(frame))
        if body.write(frame) and body.tell() > MOST_BYTES:
            break
    return sizes


def index_of(at: int, sizes: list[int]) -> bytes:
    """Offset and size of each frame, the first of which stands at `at`."""
    index = bytearray()
    for size in sizes:
        index += struct.pack("<II", at, size)
        at += size
    return bytes(index)


def _encode_all(shown: Iterator[Image.Image], profile: dict[str, Any], quality: int, progress: Progress) -> Iterator[bytes]:
    """Every frame, encoded on all cores (Pillow lets go of the interpreter); one too large for the sensor's buffer at less quality."""

    def fitting(picture: Image.Image) -> bytes:
        for lower in range(quality, 4, -5):
            data = encode(picture, lower)
            if len(data) <= profile["fb_bytes"]:
                return data
        return encode(picture, 1)

    done = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while batch := list(islice(shown, _BATCH)):
            yield from pool.map(fitting, batch)
            done += len(batch)
            progress(done)
