# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A reel of H.264: any video as the encoder of a Linux board would give it, one access unit a frame.

The same file as other reels (sim/reel.py). Each unit begins with supplemental information in which the simulated encoder stamps the
number of the frame, so that no two units of a run are alike; no picture changes by it. There are no B-frames, and a keyframe with its
parameter sets each second, as a recorder asks of its encoder.

    path = make("clip.mp4", board["profiles"]["hd30"])
    play(path, sys.stdout.buffer)      # for ever, in real time
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO

import av

from sim import reel
from sim.cache import kept

CODEC = "h264"
_START = b"\0\0\0\1"
_UUID = b"daylog-simulator"
_SEI, _USER_DATA, _TRAILING = b"\x06", b"\x05", b"\x80"  # ITU-T H.264, 7.3.2.3 and D.1.7
_STAMPED = _START + _SEI + _USER_DATA + bytes([len(_UUID) + 9]) + _UUID
STAMP = slice(len(_STAMPED), len(_STAMPED) + 9)
_HEAD = _STAMPED + b"000000000" + _TRAILING


def make(video: str | Path, profile: dict[str, Any], progress: reel.Progress = lambda frames: None) -> Path:
    """The reel of a video for a profile; from the cache when it was made before. Raises VideoError."""
    source = reel.existing(Path(video))
    shape = [reel.FORMAT, CODEC] + [profile[name] for name in ("width", "height", "fps", "bitrate")]
    name = hashlib.sha256(reel.digest(source) + json.dumps(shape).encode()).hexdigest()[:32]
    return kept("reels", f"{name}.h264", lambda path: _write(path, source, profile, progress))


def _write(path: Path, source: Path, profile: dict[str, Any], progress: reel.Progress) -> None:
    units = [_HEAD + unit for unit in _encoded(islice(reel.pictures(source, profile), reel.MOST_FRAMES), profile, progress)]
    about = {"format": reel.FORMAT, "frames": len(units), "width": profile["width"], "height": profile["height"]}
    about |= {"fps": profile["fps"], "stamp": [STAMP.start, STAMP.stop]}
    head = json.dumps(about).encode() + b"\n"
    with path.open("wb") as file:
        file.write(head + reel.index_of(len(head) + 8 * len(units), [len(unit) for unit in units]))
        file.writelines(units)


def _encoded(pictures: Iterator[Any], profile: dict[str, Any], progress: reel.Progress) -> Iterator[bytes]:
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.framerate = profile["width"], profile["height"], profile["fps"]
    encoder.pix_fmt, encoder.bit_rate, encoder.gop_size, encoder.max_b_frames = "yuv420p", profile["bitrate"], profile["fps"], 0
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "repeat-headers=1"}
    for number, picture in enumerate(pictures):
        yield from map(bytes, encoder.encode(av.VideoFrame.from_image(picture)))
        progress(number + 1)
    yield from map(bytes, encoder.encode(None))


def play(path: Path, out: BinaryIO) -> None:
    """Write its units for ever, each when it is due."""
    frames = reel.Reel(path)
    began, fps = time.monotonic(), frames.about["fps"]
    for number in count():
        time.sleep(max(0.0, began + number / fps - time.monotonic()))
        out.write(reel.stamped(frames.frame(number % frames.frames), number, frames.stamp))
        out.flush()


if __name__ == "__main__":
    play(Path(sys.argv[1]), sys.stdout.buffer)
