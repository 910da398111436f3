# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An OV5640 by adafruit_ov5640, as it is published, over the modules in circuitpython/.

The driver sets the sensor up; frames come from the capture that it was given, without waiting. It knows no frame rate: the
sensor is made to wait between two frames by a longer vertical total, which is what a rate is in such a sensor.
"""

from hal.rp2 import circuitpython
from hal.rp2.circuitpython.busio import I2C
from hal.rp2.circuitpython.digitalio import DigitalInOut

circuitpython.install()

import adafruit_ov5640  # noqa: E402

ADDRESS = 0x3C
BUS_HZ = 400_000
CHIP_ID = 0x5640
AUTOFOCUS = "/lib/adafruit_ov5640/ov5640_autofocus.bin"
ENODEV, EINVAL = 19, 22
SOI0, SOI1, EOI = 0xFF, 0xD8, b"\xff\xd9"
# Registers that the driver has no name for (OV5640 datasheet 2.03, tables 7-1 and 7-9).
LINE_TOTAL, FRAME_TOTAL = 0x380C, 0x380E
PLL_MULTIPLIER, PLL_DIVIDERS, PLL_PREDIVIDER = 0x3036, 0x3035, 0x3037
FOCUS_COMMAND, FOCUS_ACKNOWLEDGE, FOCUS_CONTINUOUSLY = 0x3022, 0x3023, 0x04
KNOBS = ("brightness", "contrast", "saturation", "flip_x", "flip_y", "test_pattern")  # the driver's own names
EXPOSURE = (0x3A0F, 0x3A10, 0x3A11, 0x3A1B, 0x3A1E, 0x3A1F)  # what the automatic exposure aims at, and how far off it may be
COARSEST, FINEST = 54, 2  # of the compression's scale


class Camera:
    """The buffers, of the largest frames that the board's profiles may have, are kept from the start."""

    def __init__(self, config, profiles):
        self._config = config
        largest = max([profiles[name]["fb_bytes"] for name in profiles])
        self._buffers = [bytearray(largest) for _ in range(config["fb_count"])]
        self._views = [memoryview(buffer) for buffer in self._buffers]
        self._driver = self._capture = self._bus = None

    # -- on and off --------------------------------------------------------------------------

    def open(self, profile):
        self.close()
        try:
            self._start(profile)
        except (RuntimeError, ValueError):  # what CircuitPython's drivers raise when nothing answers
            self.close()
            raise OSError(ENODEV)  # noqa: B904  MicroPython has no exception chaining, and says so on the console
        except OSError:
            self.close()
            raise

    def _start(self, profile):
        size = getattr(adafruit_ov5640, "OV5640_SIZE_" + profile["size"], None)
        if size is None:
            raise OSError(EINVAL)
        driver = self._driver = self._make_driver(size)
        if driver.chip_id != CHIP_ID:
            raise OSError(ENODEV)
        driver.colorspace = adafruit_ov5640.OV5640_COLOR_JPEG
        driver.quality = COARSEST - profile["quality"] * (COARSEST - FINEST) // 100
        self._set_rate(profile["fps"])
        if self._config.get("autofocus"):
            driver.autofocus_init_from_file(AUTOFOCUS)
            self._write(FOCUS_ACKNOWLEDGE, 1)
            self._write(FOCUS_COMMAND, FOCUS_CONTINUOUSLY)
        capture = self._capture = driver._imagecapture  # it hands its own out in no other way
        capture.newest_only = profile["grab"] == "LATEST"
        capture.continuous_capture_start(*self._buffers)

    def _make_driver(self, size):
        pins = self._config["pins"]
        self._bus = I2C(pins["scl_pin"], pins["sda_pin"], frequency=BUS_HZ)
        return adafruit_ov5640.OV5640(
            self._bus,
            data_pins=pins["data_pins"],
            clock=pins["pclk_pin"],
            vsync=pins["vsync_pin"],
            href=pins["href_pin"],
            shutdown=_output(pins.get("powerdown_pin")),
            reset=_output(pins.get("reset_pin")),
            mclk=pins["xclk_pin"],
            mclk_frequency=self._config["xclk_hz"],
            size=size,
            init_autofocus=False,  # the driver would print, and the console is not its own
        )

    def close(self):
        driver, self._driver, self._capture = self._driver, None, None
        if driver is not None:
            driver.deinit()
            powerdown = _output(self._config["pins"].get("powerdown_pin"))
            if powerdown is not None:
                powerdown.switch_to_output(True)

    def tune(self, knob, value):
        if knob == "exposure":
            return self._expose(value)
        if knob not in KNOBS:
            raise OSError(EINVAL)
        try:
            setattr(self._driver, knob, value)
        except ValueError:
            raise OSError(EINVAL)  # noqa: B904  MicroPython has no exception chaining, and says so on the console

    def _expose(self, value):
        """By the driver's levels; its own exposure_value writes them to the registers of the colours."""
        if not -2 <= value <= 2:
            raise OSError(EINVAL)
        for register, level in zip(EXPOSURE, adafruit_ov5640._sensor_ev_levels[value]):
            self._write(register, level)

    # -- the rate ----------------------------------------------------------------------------

    def _set_rate(self, fps):
        """So many lines a frame, the invisible ones too, as the line rate makes `fps` of; never fewer than the driver has set."""
        lines = self._line_rate() // fps
        if lines > self._read(FRAME_TOTAL) << 8 | self._read(FRAME_TOTAL + 1):
            self._write(FRAME_TOTAL, min(lines, 0xFFFF) >> 8)
            self._write(FRAME_TOTAL + 1, min(lines, 0xFFFF) & 0xFF)

    def _line_rate(self):
        """Hz. The clock of the array is that of the PLL, times 2/5 in its 10-bit mode, by 4 (esp32-camera, sensors/ov5640.c)."""
        pll_hz = self._config["xclk_hz"] // (self._read(PLL_PREDIVIDER) & 0x0F) * self._read(PLL_MULTIPLIER)
        array_hz = pll_hz // (self._read(PLL_DIVIDERS) >> 4) * 2 // 5 // 4
        return array_hz // (self._read(LINE_TOTAL) << 8 | self._read(LINE_TOTAL + 1))

    def _read(self, register):
        value = bytearray(1)
        self._bus.writeto(ADDRESS, bytes((register >> 8, register & 0xFF)))
        self._bus.readfrom_into(ADDRESS, value)
        return value[0]

    def _write(self, register, value):
        self._bus.writeto(ADDRESS, bytes((register >> 8, register & 0xFF, value)))

    # -- frames ------------------------------------------------------------------------------

    def available(self):
        return self._capture.frame_waits()

    def capture(self):
        """A frame that does not begin as a JPEG, or does not end as one, was not read right."""
        capture = self._capture
        try:
            buffer = capture.continuous_capture_get_frame()
        except OSError:  # none came
            return None
        end = buffer.find(EOI, 0, capture.frame_bytes) + len(EOI)
        if end < len(EOI) or buffer[0] != SOI0 or buffer[1] != SOI1:
            capture.release_frame()
            capture.resynchronise()
            return None
        return self._views[capture.frame_at][:end]

    def keyframe(self):
        return True

    def waited_ms(self):
        return 0

    def release(self):
        self._capture.release_frame()


def _output(pin):
    return None if pin is None else DigitalInOut(pin)
