# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A reel: the frames of any video, as the board's sensor would give them.

Frames are scaled to the profile's size (the picture fills it, the rest is cropped), taken at the profile's rate, and encoded
at the JPEG quality that comes closest to the profile's expected size. The comment after SOI is where the simulated
sensor stamps a frame number, so that no two frames of a run are alike. Made once, kept in the cache.
"""

import hashlib
import io
import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from PIL import Image

from host_tools.errors import DaylogError
from sim.image import cache_folder

COMMENT = b"\xff\xfe\x00\x12" + b"daylog 000000000"
STAMP = slice(13, 22)  # of a frame: the nine digits
FORMAT = 2
LONGEST_FRAMES = 200_000
_TRIED_FRAMES = 12

Progress = Callable[[int], None]


class VideoError(DaylogError):
    """A video that cannot be read."""


def pictures(video: Path, profile: dict[str, Any]) -> Iterator[Image.Image]:
    """The video's pictures at the profile's rate and size. Raises VideoError."""
    try:
        with av.open(str(video)) as container:
            if not container.streams.video:
                raise VideoError(f"{video} has no video stream", "give a file that FFmpeg can play")
            yield from _at_rate(container, profile)
    except (FFmpegError, OSError) as error:
        raise VideoError(f"{video} cannot be read as a video: {error}", "give a file that FFmpeg can play") from error


def _at_rate(container: Any, profile: dict[str, Any]) -> Iterator[Image.Image]:
    size, due = (profile["width"], profile["height"]), 0
    start_s = None
    for frame in container.decode(container.streams.video[0]):
        start_s = frame.time if start_s is None else start_s
        picture = None
        while (frame.time - start_s) * profile["fps"] >= due:
            picture = picture or fill(frame.to_image(), size)
            yield picture
            due += 1


def fill(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale so that the picture fills the size, and crop what sticks out."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    wide, high = size[0] / scale, size[1] / scale
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    return picture.resize(size, Image.Resampling.BILINEAR, box=(left, top, left + wide, top + high))


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


def stamped(frame: bytes, number: int) -> bytes:
    """The bytes of a reel's frame as the sensor gives them for frame `number` of a run."""
    return frame[: STAMP.start] + b"%09d" % (number % 10**9) + frame[STAMP.stop :]


class Reel:
    """Random access to the frames of a reel file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.about = json.loads(self._file.readline())
        self.frames: int = self.about["frames"]
        index = self._file.read(8 * self.frames)
        self._places = [struct.unpack_from("<II", index, 8 * i) for i in range(self.frames)]

    def frame(self, index: int) -> bytes:
        offset, size = self._places[index]
        self._file.seek(offset)
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


def make(video: str | Path, profile: dict[str, Any], progress: Progress = lambda frames: None) -> Path:
    """The reel of a video for a profile; from the cache when it was made before. Raises VideoError."""
    source = Path(video)
    if not source.is_file():
        raise VideoError(f"there is no video {video}", "give the path of a video file")
    path = cache_folder() / "reels" / f"{_key(source, profile)}.reel"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        _write(path, source, profile, progress)
    return path


def _key(source: Path, profile: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    shape = [FORMAT] + [profile[name] for name in ("width", "height", "fps", "expected_kb_per_frame", "fb_bytes")]
    return hashlib.sha256(digest.digest() + json.dumps(shape).encode()).hexdigest()[:32]


def _samples(source: Path, profile: dict[str, Any]) -> list[Image.Image]:
    found = []
    for i, picture in enumerate(pictures(source, profile)):
        if i % 8 == 0:
            found.append(picture)
        if len(found) == _TRIED_FRAMES:
            break
    if not found:
        raise VideoError(f"{source} holds no picture", "give a file that FFmpeg can play")
    return found


def _write(path: Path, source: Path, profile: dict[str, Any], progress: Progress) -> None:
    quality = best_quality(_samples(source, profile), profile)
    frames = list(_encode_all(source, profile, quality, progress))
    about = {"format": FORMAT, "frames": len(frames), "quality": quality, "width": profile["width"], "height": profile["height"]}
    head = json.dumps(about).encode() + b"\n"
    at, index = len(head) + 8 * len(frames), bytearray()
    for frame in frames:
        index += struct.pack("<II", at, len(frame))
        at += len(frame)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as fresh:
        fresh.write(head + bytes(index))
        fresh.writelines(frames)
    os.replace(fresh.name, path)


def _encode_all(source: Path, profile: dict[str, Any], quality: int, progress: Progress) -> Iterator[bytes]:
    """Every frame, encoded on all cores (Pillow lets go of the interpreter); one too large for the sensor's buffer at less quality."""

    def fitting(picture: Image.Image) -> bytes:
        for lower in range(quality, 4, -5):
            data = encode(picture, lower)
            if len(data) <= profile["fb_bytes"]:
                return data
        return encode(picture, 1)

    with ThreadPoolExecutor() as pool:
        batch: list[Image.Image] = []
        done = 0
        for picture in pictures(source, profile):
            batch.append(picture)
            if len(batch) == 32 or done + len(batch) == LONGEST_FRAMES:
                yield from pool.map(fitting, batch)
                done += len(batch)
                progress(done)
                batch = []
            if done >= LONGEST_FRAMES:
                return
        yield from pool.map(fitting, batch)
        progress(done + len(batch))
