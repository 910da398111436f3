# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `camera` module of micropython-camera-API 0.6.0 as far as hal/esp32 uses it, written from its C source.

What is not here is not used: a new use must be looked up in the source first, and then added.
"""

from typing import Final

class PixelFormat:
    JPEG: Final = 4

class GrabMode:
    WHEN_EMPTY: Final = 0
    LATEST: Final = 1

class FrameSize:
    """Names are upper-case sizes: QVGA, VGA, SVGA, XGA, HD, SXGA, UXGA, FHD …"""

class Camera:
    def __init__(
        self,
        *,
        data_pins: list[int] | bytearray,
        pclk_pin: int,
        vsync_pin: int,
        href_pin: int,
        sda_pin: int = -1,
        scl_pin: int = -1,
        xclk_pin: int,
        i2c: object | None = None,
        xclk_freq: int = 20,
        powerdown_pin: int = -1,
        reset_pin: int = -1,
        pixel_format: int = 0,
        frame_size: int = 1,
        jpeg_quality: int = 85,
        fb_count: int = 1,
        grab_mode: int = 0,
        init: bool = True,
    ) -> None:
        """Takes a first frame, also with `init=False`. OSError: there was none."""
    def deinit(self) -> None: ...
    def capture(self) -> memoryview | None:
        """Blocks up to 4 s, then None. The view has typecode 'b', and dies at the next call."""
    def frame_available(self) -> bool: ...
    def free_buffer(self) -> None: ...
