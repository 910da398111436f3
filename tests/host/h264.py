# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A small H.264 stream, made by FFmpeg."""

import av
import numpy as np


def encoded(frames: int, width: int = 64, height: int = 48, fps: int = 30, keyint: int = 10, **options: str) -> bytes:
    """Annex B, with parameter sets at each keyframe and no B-frames, as an encoder for a recorder gives it."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = width, height, "yuv420p", fps  # type: ignore[attr-defined]
    params = {"repeat-headers": 1, "bframes": 0, "keyint": keyint, "scenecut": 0, **options}
    encoder.options = {"preset": "ultrafast", "x264-params": ":".join(f"{name}={value}" for name, value in params.items())}
    found = b""
    for number in range(frames):
        picture = np.full((height, width, 3), number * 5 % 256, np.uint8)
        picture[:: number % 7 + 2] = 255 - picture[0, 0]
        found += b"".join(bytes(packet) for packet in encoder.encode(av.VideoFrame.from_ndarray(picture)))  # type: ignore[attr-defined]
    return found + b"".join(bytes(packet) for packet in encoder.encode(None))  # type: ignore[attr-defined]
