# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board whose pictures are some twenty times smaller: as many frames, segments and uploads, and as much current, for fewer bytes.

What it cannot show: how the card and the frame buffers bear the full payload. `--full` and `daylog budget` are for that. For questions of
hours and batteries only, frames may be left out as well (`thin`): currents do not depend on them.
"""

from typing import Any

from firmware.governor import BACKLOG_BYTES

FACTOR = 20
# Names that each port's camera module knows, smallest first: each profile needs a size of its own, by which the sensor tells it.
_SHARED = (("QQVGA", 160, 120), ("QCIF", 176, 144), ("HQVGA", 240, 176))
_SIZES = {
    "esp32": (("R96X96", 96, 96), ("R128x128", 128, 128), *_SHARED, ("R240X240", 240, 240), ("QVGA", 320, 240), ("R320X320", 320, 320)),
    "rp2": (("96X96", 96, 96), *_SHARED, ("240X240", 240, 240), ("QVGA", 320, 240)),
}
_CHUNK_BYTES = 65536


def reduced(board: dict[str, Any], thin: int = 1) -> dict[str, Any]:
    """The same board with small profiles, of which every `thin`-th frame is left. Currents stay."""
    names = sorted(board["profiles"], key=lambda name: board["profiles"][name]["expected_kb_per_frame"])
    power = {**board["power"], "backlog_bytes": board["power"].get("backlog_bytes", BACKLOG_BYTES) // (FACTOR * thin)}
    return {
        **board,
        "power": power,
        "profiles": {name: _small(board["profiles"][name], size, thin) for name, size in zip(names, _SIZES[board["port"]], strict=False)},
    }


def _small(profile: dict[str, Any], size: tuple[str, int, int], thin: int) -> dict[str, Any]:
    name, width, height = size
    kilobytes = profile["expected_kb_per_frame"] / FACTOR
    about = {"size": name, "width": width, "height": height, "fb_bytes": 16384, "chunk_bytes": min(_CHUNK_BYTES, profile["chunk_bytes"])}
    fps = profile["fps"] if "every_s" in profile else max(1, profile["fps"] // thin)
    return {**profile, **about, "expected_kb_per_frame": kilobytes, "fps": fps}
