# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The vendor modules as far as hal/esp32 uses them: strict signatures, and one list of what was done.

`install()` puts them where `import` looks; it must run before hal.esp32 is imported.
"""

import sys
from array import array

calls = []


class SDCard:
    """A card of a few sectors. `result` is what a transfer returns: 0, a negative errno, or False."""

    result = 0
    missing = False
    memory = bytearray(0)

    def __init__(self, *, slot, width, freq, **pins):
        calls.append(("SDCard", slot, width, freq, [(name, pins[name]) for name in sorted(pins)]))

    def info(self):
        if SDCard.missing:
            raise OSError(-263)  # ESP_ERR_TIMEOUT
        return len(SDCard.memory), 512

    def readblocks(self, block, buffer):
        calls.append(("read", block, len(buffer)))
        buffer[:] = SDCard.memory[block * 512 : block * 512 + len(buffer)]
        return SDCard.result

    def writeblocks(self, block, buffer):
        calls.append(("write", block, len(buffer)))
        SDCard.memory[block * 512 : block * 512 + len(buffer)] = buffer
        return SDCard.result

    def ioctl(self, operation, argument):
        return {4: len(SDCard.memory) // 512, 5: 512}.get(operation, 0)

    def deinit(self):
        calls.append("SDCard.deinit")


class Pin:
    IN, OUT, PULL_UP, IRQ_FALLING = 1, 3, 2, 2
    level = 1  # of one that is read

    def __init__(self, number, mode=-1, pull=-1, *, value=None):
        calls.append(("Pin", number, mode, pull if value is None else value))
        self.number = number

    def value(self, level=None):
        if level is None:
            return Pin.level
        calls.append(("level", level))

    def irq(self, handler, trigger):
        calls.append(("irq", self.number, trigger))
        self.fall = lambda: handler(self)


class I2C:
    """A bus with a MAX17048 that charges, or with nothing."""

    words = {}

    def __init__(self, number, *, scl, sda, freq=400_000):
        calls.append(("I2C", number, scl.number, sda.number))

    def readfrom_mem_into(self, address, register, buffer):
        if not I2C.words:
            raise OSError(19)
        buffer[:] = I2C.words[register].to_bytes(2, "big")

    def writeto(self, address, buffer):
        raise OSError(19)

    readfrom_into = writeto


class WDT:
    def __init__(self, *, timeout):
        calls.append(("WDT", timeout))

    def feed(self):
        calls.append("feed")


class Timer:
    """One at most runs; the test rings it."""

    PERIODIC = 1
    running = None

    def __init__(self, number):
        pass

    def init(self, *, mode, period, callback):
        calls.append(("Timer", mode, period))
        Timer.running = callback

    def deinit(self):
        Timer.running = None


class RTC:
    def datetime(self, fields=None):
        if fields is None:
            return 2026, 11, 23, 0, 12, 30, 45, 678_901
        calls.append(("RTC", fields))


class I2S:
    """A microphone that has `heard` so many bytes, and a poll that asks it."""

    RX, MONO = 0, 0
    heard = b""

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        calls.append(("I2S", id, sck.number, ws.number, sd.number, mode, bits, format, rate, ibuf))

    def readinto(self, buffer):
        size = min(len(buffer), len(I2S.heard))
        buffer[:size], I2S.heard = I2S.heard[:size], I2S.heard[size:]
        return size

    def deinit(self):
        calls.append("I2S.deinit")


class Select:
    """As far as a microphone needs it; CPython's asks only what has a descriptor."""

    POLLIN = 1

    def poll(self):
        return Poll()


class Poll:
    def register(self, stream, events):
        self._stream = stream

    def unregister(self, stream):
        self._stream = None

    def ipoll(self, timeout_ms):
        return [(self._stream, 1)] if timeout_ms == 0 and I2S.heard else []


class Machine:
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    SDCard, Pin, WDT, Timer, RTC, I2C, I2S = SDCard, Pin, WDT, Timer, RTC, I2C, I2S
    cause = 1

    def reset_cause(self):
        return self.cause

    def unique_id(self):
        return b"\x24\x58\x7c\xd1\x0a\x01"

    def reset(self):
        calls.append("reset")

    def deepsleep(self, time_ms=0):
        calls.append(("deepsleep", time_ms) if time_ms else "deepsleep")


class NVS:
    stored = {}

    def __init__(self, namespace):
        self._pending = {}

    def get_i32(self, key):
        if key not in NVS.stored:
            raise OSError(-4354)
        return NVS.stored[key]

    def set_i32(self, key, value):
        self._pending[key] = value

    def get_blob(self, key, buffer):
        if key not in NVS.stored:
            raise OSError(-4354)
        data = NVS.stored[key]
        buffer[: len(data)] = data
        return len(data)

    set_blob = set_i32

    def commit(self):
        NVS.stored.update(self._pending)


class Esp32:
    NVS = NVS
    WAKEUP_ALL_LOW = False

    def wake_on_ext0(self, pin, level):
        calls.append(("wake_on_ext0", pin.number, level))

    def mcu_temperature(self):
        return 48


class Names:
    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


class Sensor:
    """`camera.Camera`: the view is signed and dies at the next call."""

    refuses = False

    def __init__(self, **wiring):
        calls.append(("Camera", wiring))
        if Sensor.refuses:
            raise OSError("Failed to capture initial frame.")
        self._frame = array("b", bytes((0x00, 0x7F, 0x80, 0xFF)))

    def __setattr__(self, name, value):
        if name[0] != "_" and (name not in ("hmirror", "vflip", "colorbar", "ae_level", "brightness") or not -2 <= value <= 2):
            raise ValueError("No attribute or Invalid setting for " + name)
        super().__setattr__(name, value)

    def frame_available(self):
        return True

    def capture(self):
        return memoryview(self._frame)

    def free_buffer(self):
        calls.append("free_buffer")

    def deinit(self):
        calls.append("Camera.deinit")


class CameraModule:
    PixelFormat = Names(JPEG=4)
    GrabMode = Names(WHEN_EMPTY=0, LATEST=1)
    FrameSize = Names(VGA=10, SVGA=11)
    Camera = Sensor


class WLAN:
    IF_STA, PM_NONE, PM_POWERSAVE = 0, 0, 2
    answer = 1000  # of status()
    fails = False
    found = []

    def __init__(self, interface):
        calls.append(("WLAN", interface))

    def active(self, on):
        calls.append(("active", on))

    def config(self, **values):
        calls.append(("config",) + tuple(values[name] for name in sorted(values)))

    def connect(self, ssid, key):
        calls.append(("connect", ssid, key))

    def disconnect(self):
        if WLAN.fails:
            raise OSError("Wifi Not Started")
        calls.append("disconnect")

    def status(self, what=None):
        if what == "rssi" and WLAN.fails:
            raise OSError("Wifi Not Connected")
        return -61 if what == "rssi" else WLAN.answer

    def ifconfig(self):
        return ("10.0.0.2", "255.255.255.0", "10.0.0.1", "10.0.0.53") if WLAN.answer == 1010 else ("0.0.0.0",) * 4

    def scan(self):
        return WLAN.found


class Network:
    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
    STAT_BEACON_TIMEOUT, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD, STAT_CONNECT_FAIL, STAT_HANDSHAKE_TIMEOUT = 200, 201, 202, 203, 204
    WLAN = WLAN


class Vfs:
    """`missing` is the errno with which mounting fails."""

    missing = None

    def VfsFat(self, device):
        if Vfs.missing:
            raise OSError(Vfs.missing)
        return device

    def mount(self, system, path):
        calls.append(("mount", path))

    def umount(self, path):
        if Vfs.missing:
            raise OSError(22)
        calls.append(("umount", path))


def install():
    modules = {"machine": Machine(), "esp32": Esp32(), "camera": CameraModule(), "network": Network(), "vfs": Vfs()}
    for name in modules:
        sys.modules[name] = modules[name]


def reset():
    """Everything works, nothing has happened."""
    calls.clear()
    NVS.stored = {}
    SDCard.result, SDCard.missing, SDCard.memory = 0, False, bytearray(64 * 512)
    Sensor.refuses = WLAN.fails = False
    WLAN.answer, WLAN.found = 1000, []
    Vfs.missing = None
    Pin.level, I2C.words, I2S.heard = 1, {}, b""
