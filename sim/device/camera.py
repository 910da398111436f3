# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `camera` module of micropython-camera-API 0.6.0, fed with real JPEGs from a reel.

The sensor runs whether or not anybody looks: the frames due by now are put into the driver's buffers, or
lost when there is none free, each time the firmware touches the camera. Strict where the real one is:
keyword-only arguments, the signed view, its death at the next capture, None on time-out.
"""

import json
import struct
from array import array

TIMEOUT_MS = 4000
STAMP_AT = 6 + 7  # SOI, COM marker and length, "daylog "
POISON = 0x5A


class _Names:
    """An enumeration as the C module gives it: names to small integers."""

    def __init__(self, names):
        for value, name in enumerate(names):
            setattr(self, name, value)
        self._names = names

    def name_of(self, value):
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


class Reel:
    """Frames of real footage: a JSON line, an index, JPEGs. Written by sim/reel.py."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self.about = json.loads(self._file.readline())
        self.count = self.about["frames"]
        self._index = self._file.read(8 * self.count)

    def read_into(self, number, buffer):
        """Copy frame `number` (the reel loops) to the head of a buffer; returns its size."""
        offset, size = struct.unpack_from("<II", self._index, number % self.count * 8)
        if size > len(buffer):
            return size
        self._file.seek(offset)
        self._file.readinto(memoryview(buffer)[:size])
        return size


class Sensor:
    """The free-running sensor and the driver's frame buffers.

    `produced` counts over all boots: the stamp in a frame's comment is unique for the whole run.
    """

    def __init__(self, board, reel, clock, trace, truth, boot_index, produced):
        self.board, self.clock, self.trace = board, clock, trace
        self.produced = produced
        self._reel, self._truth, self._boot_index = reel, truth, boot_index
        self._filled, self._running = [], False

    def start(self, size_name, count, latest):
        profile = self._profile_of(size_name)
        self.fb_bytes = profile["fb_bytes"]
        self._period_us = 1_000_000 // profile["fps"]
        self._latest = latest
        self._slots = [array("b", bytes(self.fb_bytes)) for _ in range(count)]  # signed, as the real view is
        self._free = list(range(count))
        self._filled = []  # (slot, size, frame number, ticks_ms, reel index), oldest first
        self._held = None
        self._next_us = self.clock.now_us + self._period_us
        self._running = True

    def _profile_of(self, size_name):
        profiles = self.board["profiles"]
        names = [self.board["sim"].get("profile", ""), self.board["default_profile"]] + sorted(profiles)
        for name in names:
            if name in profiles and profiles[name]["size"] == size_name:
                return profiles[name]
        raise OSError("Failed to capture initial frame: the board has no profile of size " + size_name)

    def stop(self):
        """The firmware stops the sensor: what waits in the driver was never asked for, and is no loss."""
        self.catch_up()
        self._filled, self._running = [], False

    def break_off(self):
        """The board stops: what waits in the driver is lost with it."""
        self.catch_up()
        for frame in self._filled:
            self._write_truth(frame, "lost:uncollected")
        self._filled, self._running = [], False

    def catch_up(self):
        """Bring the buffers to what they hold by now."""
        while self._running and self._next_us <= self.clock.now_us:
            self._produce(self._next_us)
            self._next_us += self._period_us

    def _produce(self, at_us):
        number = self.produced
        self.produced += 1
        ticks_ms = (at_us - self.clock.boot_us) // 1000
        if not self._free and self._latest and self._filled:
            slot = self._filled.pop(0)
            self._write_truth(slot, "dropped:overflow")
            self._free.append(slot[0])
        if not self._free:
            return self._write_truth((None, 0, number, ticks_ms, number), "dropped:overflow")
        slot = self._free.pop(0)
        size = self._reel.read_into(number, self._slots[slot])
        if size > self.fb_bytes:  # NO-EOI: the frame did not fit its buffer
            self._free.insert(0, slot)
            return self._write_truth((None, size, number, ticks_ms, number), "dropped:too_large")
        self._stamp(self._slots[slot], number)
        self._filled.append((slot, size, number, ticks_ms, number))

    def _stamp(self, buffer, number):
        for i in range(STAMP_AT + 8, STAMP_AT - 1, -1):
            buffer[i] = 48 + number % 10
            number //= 10

    def available(self):
        self.catch_up()
        return bool(self._filled)

    def capture(self):
        """The oldest filled buffer, after waiting for one; None on time-out."""
        self.release()
        deadline_us = self.clock.now_us + TIMEOUT_MS * 1000
        while not self.available():
            if self.clock.now_us >= deadline_us:
                return None
            self.clock.advance_to(min(self._next_us, deadline_us))
        self._held = self._filled.pop(0)
        self._write_truth(self._held, "captured")
        return memoryview(self._slots[self._held[0]])[: self._held[1]]

    def release(self):
        """Give the held buffer back; what still looks at it sees poison."""
        if self._held is not None:
            slot = self._slots[self._held[0]]
            slot[0] = slot[1] = slot[self._held[1] - 1] = POISON
            self._free.append(self._held[0])
            self._held = None

    def _write_truth(self, frame, fate):
        _, size, number, ticks_ms, index = frame
        self._truth.write("%d %d %d %d %d %s\n" % (number, self._boot_index, ticks_ms, index % self._reel.count, size, fate))


_PIN_NAMES = ("data_pins", "pclk_pin", "vsync_pin", "href_pin", "sda_pin", "scl_pin", "xclk_pin")


def make_camera(sensor):
    """The Camera class of one board."""

    class Camera:
        def __init__(
            self, *, data_pins=None, pclk_pin=-1, vsync_pin=-1, href_pin=-1, sda_pin=-1, scl_pin=-1, xclk_pin=-1, i2c=None, xclk_freq=20,
            powerdown_pin=-1, reset_pin=-1, pixel_format=0, frame_size=1, jpeg_quality=85, fb_count=2, grab_mode=1, init=True,
        ):  # fmt: skip
            if not isinstance(data_pins, (list, bytearray)) or len(data_pins) != 8:
                raise TypeError("data_pins must be a list or bytearray of 8")
            if xclk_freq > 40 and xclk_freq > 40_000_000:
                raise ValueError("xclk_freq above 40 MHz")
            given = (list(data_pins), pclk_pin, vsync_pin, href_pin, sda_pin, scl_pin, xclk_pin)
            wired = sensor.board["camera"]["pins"]
            for name, pin in zip(_PIN_NAMES, given):
                if wired[name] != pin:
                    raise OSError("Failed to capture initial frame. Is %s wired to %s?" % (name, pin))
            if pixel_format != PixelFormat.JPEG:
                raise ValueError("the simulated sensor gives JPEG only")
            self.frame_size, self.quality = frame_size, jpeg_quality
            self.fb_count, self.grab_mode = max(1, min(2, fb_count)), grab_mode
            self.pixel_format = pixel_format
            self._on = False
            if init:
                self.init()

        def _start(self):
            size = FrameSize.name_of(self.frame_size)
            sensor.start(size, self.fb_count, self.grab_mode == GrabMode.LATEST)
            sensor.trace.add("camera_on", size=size)

        def init(self):
            if not self._on:
                self._start()
                self._on = True

        def deinit(self):
            if self._on:
                sensor.release()
                sensor.stop()
                sensor.trace.add("camera_off")
                self._on = False

        def reconfigure(self, *, frame_size=None, pixel_format=None, grab_mode=None, fb_count=None):
            self.deinit()
            self.frame_size = self.frame_size if frame_size is None else frame_size
            self.grab_mode = self.grab_mode if grab_mode is None else grab_mode
            self.fb_count = self.fb_count if fb_count is None else max(1, min(2, fb_count))
            self.init()

        def _must_be_on(self):
            if not self._on:
                raise OSError(2)

        def capture(self):
            self._must_be_on()
            return sensor.capture()

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

    return Camera


class CameraModule:
    """What `import camera` gives."""

    FrameSize, PixelFormat, GrabMode, GainCeiling = FrameSize, PixelFormat, GrabMode, GainCeiling

    def __init__(self, sensor):
        self.Camera = make_camera(sensor)
