# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A bench for hal/rp2 and the published drivers under it: the simulator's RP2350, sensor and card, without a board around them.

    bench = Bench()
    camera = bench.camera()

Importing this puts the vendor modules in place; they lead to the bench that was made last.
"""

import io
import sys

from sim.device.card_faults import FaultyCard
from sim.device.chips.ov5640 import Ov5640
from sim.device.chips.sd_spi import SpiCard
from sim.device.clock import Clock
from sim.device.i2c import make_i2c
from sim.device.radio import Radio
from sim.device.rp2.machine import MachineModule
from sim.device.rp2.network import NetworkModule
from sim.device.rp2.pins import Pins
from sim.device.rp2.rp2_module import Rp2Module
from sim.device.rp2.sensor import ParallelSensor
from sim.device.rp2.spi import make_spi
from sim.device.rtc import Rtc
from sim.device.scene import Scene
from sim.device.vtime import Time

CAMERA_PINS = {"data_pins": [0, 1, 2, 3, 4, 5, 6, 7], "pclk_pin": 8, "href_pin": 9, "vsync_pin": 10, "xclk_pin": 11}
CAMERA_PINS.update({"sda_pin": 12, "scl_pin": 13, "powerdown_pin": 14, "reset_pin": 15})
CAMERA = {"sensor": "OV5640", "xclk_hz": 18_750_000, "fb_count": 2, "pins": CAMERA_PINS}
CARD = {"slot": 0, "width": 1, "freq_hz": 25_000_000, "pins": {"miso": 16, "cs": 17, "sck": 18, "mosi": 19}}
PROFILE = {"size": "QVGA", "width": 320, "height": 240, "fps": 10, "quality": 80, "grab": "WHEN_EMPTY", "fb_bytes": 15360}
BOARD = {"name": "bench", "camera": CAMERA, "card": CARD, "led": {"name": "LED"}, "wifi": {}, "button": {"pin": 22}}
BOARD.update({"profiles": {"small": PROFILE}, "default_profile": "small", "sim": {"profile": "small"}})
TIMES = {"write_kbps_internal": 2000, "write_kbps_psram": 2000, "read_kbps": 4000, "command_us": 200}
TIMES.update({"spike_every_ms": 1 << 30, "spike_min_ms": 0, "spike_max_ms": 0})
SECTORS = 80 << 20  # 40 GiB: more than 16 bits of a card's size can say
NETWORK = {"ssid": "home", "key": "secret", "rssi": -58, "windows": [[0, 1 << 50]]}
FRAME_BYTES = (2000, 2500, 3000)


class Names:
    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


class Current:
    """Leads to the module of the bench that was made last."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        return getattr(Bench.current.modules[self._name], name)


class Trace:
    def add(self, what, **data):
        pass

    def numbers(self, what, name, value, name2=None, value2=0):
        pass


class Ending:
    """The real one does not return; the tests look what was said first."""

    def __init__(self):
        self.reasons = []

    def end(self, reason, **details):
        self.reasons.append(reason)
        raise SystemExit


class Reel:
    """Three pictures: a head with room for the stamp, a number, an end."""

    frames = len(FRAME_BYTES)

    def of(self, profile):
        return 0, self.frames

    def size(self, index):
        return FRAME_BYTES[index]

    def read(self, index, view):
        view[:] = picture(index)


def picture(index):
    return b"\xff\xd8\xff\xfe\x00\x12daylog 000000000" + bytes([index + 1]) * (FRAME_BYTES[index] - 24) + b"\xff\xd9"


def number_of(frame):
    """Of a frame that is one of the pictures, whole, and stamped by the sensor; else None."""
    data = bytes(frame)
    number = int(data[13:22])
    expected = picture(number % 3)
    return number if data == expected[:13] + data[13:22] + expected[22:] else None


class Card:
    """An image of which only the first and last sectors are ever asked for."""

    def __init__(self):
        self.blocks, self._at = {}, 0

    def seek(self, at, whence=0):
        self._at = at

    def readinto(self, buffer):
        for at in range(0, len(buffer), 512):
            buffer[at : at + 512] = self.blocks.get(self._at + at, bytes(512))

    def write(self, data):
        for at in range(0, len(data), 512):
            self.blocks[self._at + at] = bytes(data[at : at + 512])


class Vfs:
    def __init__(self):
        self.mounted = []

    def VfsFat(self, device):
        return device

    def mount(self, system, path):
        self.mounted.append(path)

    def umount(self, path):
        if path not in self.mounted:
            raise OSError(22)
        self.mounted.remove(path)


class Bench:
    """`faults` are the card's. `output` gets the fates of the frames."""

    current = None

    def __init__(self, faults=(), cause="power_on", presses=(), with_card=True):
        Bench.current = self
        self.clock = clock = Clock(0, 0)
        self.time._clock = clock
        self.time._rtc = Rtc(None, clock, True, 0)
        self.ending, self.output = Ending(), io.StringIO()
        self.pins = Pins(Trace(), {22: Names(level=self._button, on_fall=lambda callback: None)})
        self.presses = list(presses)
        self.sensor_chip = Ov5640(lambda: self.sensor.look())
        rp2 = Rp2Module(clock)
        about = BOARD, self.sensor_chip, Reel(), Scene(Reel()), rp2, self.pins, clock, self.output, 1, 0
        self.sensor = ParallelSensor(*about)
        self.pins.on_clock[11] = self.sensor_chip.clock
        self.pins.on_level[14], self.pins.on_level[15] = self.sensor_chip.powerdown, self.sensor_chip.reset
        self.image = Card()
        make = lambda aside: FaultyCard(self.image, io.BytesIO(), SECTORS, TIMES, aside, Trace(), 1, faults)  # noqa: E731
        self.card = SpiCard(clock, make) if with_card else None
        if with_card:
            self.pins.on_level[17] = self.card.select
        spi = make_spi((0, 18, 19, 16), self.card, clock)
        self.radio = Radio([NETWORK], clock, Trace())
        machine = MachineModule(self.pins, spi, self._i2c, clock, self.ending, self.time, cause, b"\x24\x58", lambda: 41)
        self.modules = {"machine": machine, "rp2": rp2, "network": NetworkModule(self.radio, clock), "vfs": Vfs()}

    def _button(self):
        now_ms = self.clock.now_us // 1000
        return int(not any([at_ms <= now_ms < at_ms + 2000 for at_ms in self.presses]))

    def _i2c(self, id, *, scl, sda, freq=400_000):
        chips = {0x3C: self.sensor_chip} if (scl._number, sda._number) == (13, 12) else {}
        return make_i2c((scl._number, sda._number), chips, self.clock)(id, scl=scl, sda=sda, freq=freq)

    def fates(self):
        return [line.split(" ")[5] for line in self.output.getvalue().splitlines()]


Bench.time = Time(Clock(0, 0), Rtc(None, Clock(0, 0), True, 0), 0)


def _import_port():
    """The port and its drivers find this `time`, and CPython what their annotations name."""
    for name in ("machine", "rp2", "network", "vfs"):
        sys.modules[name] = Current(name)
    Bench()
    real_time, sys.modules["time"] = sys.modules.get("time"), Bench.time
    sys.modules["microcontroller"] = Names(Pin=object)
    sys.modules["circuitpython_typing"] = Names(ReadableBuffer=object, WriteableBuffer=object)
    if sys.implementation.name == "cpython":
        sys.modules["micropython"] = Names(const=int)
    from sdcard_lib import sdcard

    sys.modules["sdcard"] = sdcard
    import hal.rp2  # noqa: F401

    if real_time is not None:
        sys.modules["time"] = real_time


_import_port()
