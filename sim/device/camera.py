# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `camera` module of micropython-camera-API 0.6.0, over a simulated sensor.

Strict where the real one is: keyword-only arguments, the signed view that dies at the next call, None on
time-out. Stricter where the real one would be silent: wrong pins, a name that does not exist.
"""

TIMEOUT_MS = 4000  # FB_GET_TIMEOUT of esp32-camera
START_US = 350_000  # an estimate: probing the sensor, its registers, the frame the constructor takes for itself
ENOENT = 2
_PINS = ("data_pins", "pclk_pin", "vsync_pin", "href_pin", "sda_pin", "scl_pin", "xclk_pin", "powerdown_pin", "reset_pin")
_NOT_WIRED = -1
# Lowest and highest setting of each knob of an OV2640 (esp32-camera, sensors/ov2640.c).
_KNOBS = {
    "contrast": (-2, 2), "brightness": (-2, 2), "saturation": (-2, 2), "gainceiling": (0, 6), "quality": (0, 100),
    "colorbar": (0, 1), "whitebal": (0, 1), "gain_ctrl": (0, 1), "exposure_ctrl": (0, 1), "hmirror": (0, 1), "vflip": (0, 1),
    "aec2": (0, 1), "awb_gain": (0, 1), "agc_gain": (0, 30), "aec_value": (0, 1200), "special_effect": (0, 6), "wb_mode": (0, 4),
    "ae_level": (-2, 2), "dcw": (0, 1), "bpc": (0, 1), "wpc": (0, 1), "raw_gma": (0, 1), "lenc": (0, 1),
}  # fmt: skip


class _Names:
    """An enumeration as the C module gives it: names for small integers."""

    def __init__(self, names):
        self._names = names
        for value, name in enumerate(names):
            setattr(self, name, value)

    def name_of(self, value):
        if not 0 <= value < len(self._names):
            raise ValueError("no such setting: %r" % value)
        return self._names[value]


PixelFormat = _Names(("RGB565", "YUV422", "YUV420", "GRAYSCALE", "JPEG", "RGB888", "RAW", "RGB444", "RGB555"))
GrabMode = _Names(("WHEN_EMPTY", "LATEST"))
GainCeiling = _Names(("2X", "4X", "8X", "16X", "32X", "64X", "128X"))
FrameSize = _Names(
    (
        "R96X96", "QQVGA", "R128x128", "QCIF", "HQVGA", "R240X240", "QVGA", "R320X320", "CIF", "HVGA", "VGA", "SVGA",
        "XGA", "HD", "SXGA", "UXGA", "FHD", "P_HD", "P_3MP", "QXGA", "QHD", "WQXGA", "P_FHD", "QSXGA",
    )
)  # fmt: skip


def make_camera(sensor, wired, clock, trace, supplied):
    """The Camera class of a board whose `camera` table is `wired`. One sensor: a second Camera stops the first.

    `supplied()`: whether its rails give what it needs.
    """
    current = [None]

    class Camera:
        def __init__(
            self, *, data_pins=None, pclk_pin=None, vsync_pin=None, href_pin=None, sda_pin=-1, scl_pin=-1, xclk_pin=None, i2c=None,
            xclk_freq=20, powerdown_pin=-1, reset_pin=-1, pixel_format=PixelFormat.RGB565, frame_size=FrameSize.QQVGA, jpeg_quality=85,
            fb_count=2, grab_mode=GrabMode.LATEST, init=True,
        ):  # fmt: skip
            pins = (data_pins, pclk_pin, vsync_pin, href_pin, sda_pin, scl_pin, xclk_pin, powerdown_pin, reset_pin)
            _check(wired, pins, i2c, xclk_freq, pixel_format)
            if current[0] is not None:
                current[0].deinit()
            self._set("_knobs", {"quality": jpeg_quality})
            self._set("_config", {"frame_size": frame_size, "pixel_format": pixel_format, "grab_mode": grab_mode})
            self._config["fb_count"] = max(1, min(2, fb_count))
            self._set("_on", False)
            if init:
                self.init()

        # -- what a recorder uses --------------------------------------------------------------

        def init(self):
            if not self._on:
                size = FrameSize.name_of(self._config["frame_size"])
                clock.advance_us(START_US)
                if not supplied():
                    raise OSError("Failed to capture initial frame: nothing answers on the sensor's bus, for its rails are off")
                sensor.start(size, self._config["fb_count"], self._config["grab_mode"] == GrabMode.LATEST)
                trace.add("camera_on", size=size)
                self._set("_on", True)
                current[0] = self

        def deinit(self):
            if self._on:
                sensor.release()
                sensor.stop()
                trace.add("camera_off")
                self._set("_on", False)
                current[0] = None

        def reconfigure(self, *, frame_size=None, pixel_format=None, grab_mode=None, fb_count=None):
            given = {"frame_size": frame_size, "pixel_format": pixel_format, "grab_mode": grab_mode, "fb_count": fb_count}
            self.deinit()
            for name in given:
                if given[name] is not None:
                    self._config[name] = given[name]
            self.init()

        def capture(self):
            self._must_be_on()
            return sensor.capture(TIMEOUT_MS)

        def free_buffer(self):
            self._must_be_on()
            sensor.release()

        def frame_available(self):
            self._must_be_on()
            return sensor.available()

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.deinit()

        # -- settings --------------------------------------------------------------------------

        def _set(self, name, value):
            super().__setattr__(name, value)

        def _must_be_on(self):
            if not self._on:
                raise OSError(ENOENT)

        def __getattr__(self, name):
            if name in ("frame_size", "pixel_format", "grab_mode", "fb_count"):
                return self._config[name]
            if name == "sensor_name":
                return wired["sensor"]
            if name in _KNOBS:
                return self._knobs.get(name, 0)
            raise AttributeError("No attribute " + name)

        def __setattr__(self, name, value):
            if name == "frame_size":
                return self.reconfigure(frame_size=value)
            if name not in _KNOBS:
                raise ValueError("No attribute " + name)
            lowest, highest = _KNOBS[name]
            if not lowest <= value <= highest:
                raise ValueError("Invalid setting for " + name)
            trace.add("camera_set", knob=name, value=value)
            self._knobs[name] = value

    return Camera


def _check(wired, pins, i2c, xclk_freq, pixel_format):
    """Refuse what the real constructor refuses, and wiring that is not this board's."""
    if not isinstance(pins[0], (list, bytearray)) or len(pins[0]) != 8:
        raise TypeError("data_pins must be a list or bytearray of 8")
    if None in pins:
        raise TypeError("all pins of a generic build must be given")
    if i2c is None and -1 in pins[4:6]:
        raise ValueError("sda_pin and scl_pin, or i2c")
    if (xclk_freq * 1_000_000 if xclk_freq < 1000 else xclk_freq) > 40_000_000:
        raise ValueError("xclk_freq above 40 MHz")
    if pixel_format != PixelFormat.JPEG:
        raise ValueError("the simulated sensor gives JPEG only")
    shared = {} if i2c is None else {"scl_pin": i2c.pins[0], "sda_pin": i2c.pins[1]}
    for name, pin in zip(_PINS, pins):
        pin, expected = shared.get(name, pin), wired["pins"].get(name, _NOT_WIRED)
        if (list(pin) if name == "data_pins" else pin) != expected:
            raise OSError("Failed to capture initial frame: this board's %s is %s, not %s" % (name, expected, pin))


class CameraModule:
    """What `import camera` gives."""

    FrameSize, PixelFormat, GrabMode, GainCeiling = FrameSize, PixelFormat, GrabMode, GainCeiling

    def __init__(self, sensor, wired, clock, trace, supplied=lambda: True):
        self.Camera = make_camera(sensor, wired, clock, trace, supplied)

    def Version(self):
        return "0.6.0"
