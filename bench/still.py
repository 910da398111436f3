# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What adaptive capture saves and what it costs, on real footage that moves and stands still by turns.

Each clip plays there and back, then stands still for as long with its sensor's noise (modelled), and so on. A frame "changed" if its
pixels differ from those of the frame before by more than that noise does; such a frame is information, and should be kept.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from firmware.stillness import Stillness
from host_tools.clips import clip
from sim import reel

CLIPS = ("bikes.mp4", "bigbuckbunny.mp4", "carphone_pristine.mp4")
MINUTES = 3
TURN_S = 20
SEEN = (160, 120)  # pixels in which frames are compared
NOISE_TIMES = 2.0


class Shown(NamedTuple):
    """One frame: its bytes, and how far its pixels are from those of the frame before."""

    size: int
    difference: float


class Outcome(NamedTuple):
    """Of one clip."""

    clip: str
    saved: float  # of the bytes
    changed_kept: float  # of the frames that changed


def outcomes(profile: dict[str, Any]) -> list[Outcome]:
    """For each clip that the package of the demo's footage ships."""
    return [_outcome(clip().with_name(name), profile) for name in CLIPS]


def _outcome(video: Path, profile: dict[str, Any]) -> Outcome:
    moving, still = (list(_frames(video, profile, show)) for show in (reel.pictures, reel.still))
    noise = max(_differences(still))
    shown = list(_turns(moving, still, profile["fps"]))
    stillness = Stillness()
    kept = [stillness.wants(frame.size, number * 1000 // profile["fps"]) for number, frame in enumerate(shown)]
    changed = [wanted for frame, wanted in zip(shown, kept, strict=True) if frame.difference > NOISE_TIMES * noise]
    left = sum(frame.size for frame, wanted in zip(shown, kept, strict=True) if wanted)
    return Outcome(video.stem, 1 - left / sum(frame.size for frame in shown), sum(changed) / len(changed))


def _frames(video: Path, profile: dict[str, Any], show: reel.Show) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    """(bytes, pixels) of each frame of a reel."""
    frames = reel.Reel(reel.make(video, profile, show=show))
    for number in range(frames.frames):
        data = frames.frame(number)
        yield len(data), np.asarray(Image.open(io.BytesIO(data)).convert("L").resize(SEEN), np.float32)
    frames.close()


def _differences(frames: list[tuple[int, np.ndarray[Any, Any]]]) -> list[float]:
    return [float(np.abs(after[1] - before[1]).mean()) for before, after in pairwise(frames)]


def _turns(moving: list[Any], still: list[Any], fps: int) -> Iterator[Shown]:
    """The clip and its standstill by turns; the clip begins with the picture that stood still, so nothing jumps."""
    there_and_back = moving + moving[-2:0:-1]
    before = still[0]
    for number in range(MINUTES * 60 * fps):
        turn, place = divmod(number, TURN_S * fps)
        scene = still if turn % 2 else there_and_back
        now = scene[place % len(scene)]
        yield Shown(now[0], float(np.abs(now[1] - before[1]).mean()))
        before = now
