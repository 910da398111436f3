# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The sensor behind the `camera` module. Wrapped, not subclassed: a subclass of a native type bypasses its attributes.

0.6.0 is the version to use: 0.6.1 and 0.6.2 fail with OV3660 and OV5640 (micropython-camera-API issue 55).
"""

import time

import camera
import machine

NOT_WIRED = -1
BUS_HZ = 400_000  # the most that an OV5640 takes: frames are on their way while its lens is set up
LENS_MS = 150  # which takes 112 at that rate, and the processor's own time
RAILS_S = 0.02  # an estimate: until the sensor's supplies are steady
ENODEV, EINVAL = 19, 22
_KNOBS = {  # what the driver calls them
    "brightness": "brightness",
    "contrast": "contrast",
    "exposure": "ae_level",
    "saturation": "saturation",
    "flip_x": "hmirror",
    "flip_y": "vflip",
    "test_pattern": "colorbar",
}


class Camera:
    def __init__(self, config, pmu=None):
        """`pmu` switches the rails that the board's data names; None if it does not answer."""
        self._config, self._pmu = config, pmu
        self._camera = None
        self._bus = None  # the sensor's, where its lens needs it too; else the camera module has it for itself

    def open(self, profile):
        pins = self._config["pins"]
        self._supply(True)
        try:
            self._camera = self._start(pins, profile)
            self._focus(profile)
        except OSError:
            self._rest()  # so that the next try is a cold start
            raise

    def _focus(self, profile):
        """Where the lens can move, it does so by itself from now on; one that does not keeps its place, and all is recorded.

        So does the lens of a profile that is so fast that its frames would be lost while the lens is set up.
        """
        if self._bus is None or self._config["fb_count"] * 1000 // profile["fps"] < LENS_MS:
            return
        try:
            from hal.esp32.lens import focus_continuously

            focus_continuously(self._bus)
        except (OSError, ImportError):
            pass

    def _start(self, pins, profile):
        if self._config.get("autofocus"):
            scl, sda = machine.Pin(pins["scl_pin"]), machine.Pin(pins["sda_pin"])
            self._bus = self._bus or machine.I2C(1, scl=scl, sda=sda, freq=BUS_HZ)
        return camera.Camera(
            data_pins=pins["data_pins"],
            pclk_pin=pins["pclk_pin"],
            vsync_pin=pins["vsync_pin"],
            href_pin=pins["href_pin"],
            sda_pin=pins["sda_pin"] if self._bus is None else NOT_WIRED,
            scl_pin=pins["scl_pin"] if self._bus is None else NOT_WIRED,
            i2c=self._bus,
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
            self._rest()

    def _rest(self):
        """Let the sensor draw next to nothing, as far as the board is wired for it; the driver leaves it idling."""
        pin = self._config["pins"].get("powerdown_pin", NOT_WIRED)
        if pin != NOT_WIRED:
            machine.Pin(pin, machine.Pin.OUT, value=1)
        try:
            self._supply(False)
        except OSError:  # it idles on: that costs current, and no footage
            pass

    def _supply(self, on):
        rails = self._config.get("rails", {})
        if rails and self._pmu is None:
            raise OSError(ENODEV, "the chip that switches the camera's supply does not answer")
        for name in sorted(rails):
            self._pmu.rail(name, rails[name] if on else 0)
        if rails and on:
            time.sleep(RAILS_S)

    def available(self):
        return self._camera.frame_available()

    def capture(self):
        return self._camera.capture()

    def keyframe(self):
        return True

    def waited_ms(self):
        return 0

    def release(self):
        self._camera.free_buffer()

    def tune(self, knob, value):
        try:
            setattr(self._camera, _KNOBS[knob], value)
        except (KeyError, ValueError):
            raise OSError(EINVAL) from None
