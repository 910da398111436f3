# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One reel for all the profiles among which a recorder may change: the frames of each, one profile behind the other.

    path = together("clip.mp4", {"svga10": …, "vga10": …}, activity=[60, 100], still=True)

A reel as any other, whose first line also says where the frames of each profile are: {"profiles": {"name@percent": [first, count]}},
and "name@percent still" for a scene that does not change.
"""

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sim import reel
from sim.cache import kept


def together(
    video: str | Path,
    profiles: dict[str, dict[str, Any]],
    activity: Collection[int] = (),
    still: bool = False,
    progress: reel.Progress = lambda frames: None,
) -> Path:
    """The reel of a video for each of these profiles, and for each percentage of a frame's usual size. Raises VideoError."""
    wanted = {
        f"{name}@{percent}": _busy(profile, percent) for name, profile in profiles.items() for percent in sorted({*activity} or {100})
    }
    paths = {name: reel.make(video, profile, progress) for name, profile in wanted.items()}
    if still:
        paths |= {f"{name} still": reel.make(video, profile, show=reel.still) for name, profile in wanted.items()}
    if len(paths) == 1:
        return next(iter(paths.values()))
    key = hashlib.sha256(json.dumps({name: path.name for name, path in paths.items()}).encode()).hexdigest()[:32]
    return kept("reels", f"{key}.reels", lambda path: _write(path, paths))


def _busy(profile: dict[str, Any], percent: int) -> dict[str, Any]:
    return profile if percent == 100 else {**profile, "expected_kb_per_frame": profile["expected_kb_per_frame"] * percent / 100}


def _write(path: Path, parts: dict[str, Path]) -> None:
    reels = {name: reel.Reel(part) for name, part in parts.items()}
    ranges, first = {}, 0
    for name, each in reels.items():
        ranges[name] = [first, each.frames]
        first += each.frames
    head = json.dumps({"format": reel.FORMAT, "frames": first, "profiles": ranges}).encode() + b"\n"
    sizes = [len(each.frame(index)) for each in reels.values() for index in range(each.frames)]
    with path.open("wb") as file:
        file.write(head + reel.index_of(len(head) + 8 * first, sizes))
        for each in reels.values():
            file.writelines(each.frame(index) for index in range(each.frames))
            each.close()
