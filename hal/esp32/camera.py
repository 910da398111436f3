# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The sensor behind the `camera` module. Wrapped, not subclassed: a subclass of a native type bypasses its attributes.

0.6.0 is the version to use: 0.6.1 and 0.6.2 fail with OV3660 and OV5640 (micropython-camera-API issue 55).
"""

import camera

NOT_WIRED = -1


class Camera:
    def __init__(self, config):
        self._config = config
        self._camera = None

    def open(self, profile):
        pins = self._config["pins"]
        self._camera = camera.Camera(
            data_pins=pins["data_pins"],
            pclk_pin=pins["pclk_pin"],
            vsync_pin=pins["vsync_pin"],
            href_pin=pins["href_pin"],
            sda_pin=pins["sda_pin"],
            scl_pin=pins["scl_pin"],
            xclk_pin=pins["xclk_pin"],
            powerdown_pin=pins.get("powerdown_pin", NOT_WIRED),
            reset_pin=pins.get("reset_pin", NOT_WIRED),
            xclk_freq=self._config["xclk_hz"],
            pixel_format=camera.PixelFormat.JPEG,
            frame_size=getattr(camera.FrameSize, profile["size"]),
            jpeg_quality=profile["quality"],
            fb_count=self._config["fb_count"],
            grab_mode=getattr(camera.GrabMode, profile["grab"]),
        )

    def close(self):
        if self._camera is not None:
            self._camera.deinit()
            self._camera = None

    def available(self):
        return self._camera.frame_available()

    def capture(self):
        return self._camera.capture()

    def release(self):
        self._camera.free_buffer()
