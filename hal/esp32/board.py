# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The parts of one ESP32 board, and what the chip itself knows."""

import sys
import time
from asyncio import StreamReader

import esp32
import machine

from hal.esp32.camera import Camera
from hal.esp32.card import Card
from hal.esp32.wifi import Wifi

_EPOCH_S = 946684800  # this port counts from 2000
_CAUSES = (
    (machine.PWRON_RESET, "power_on"),
    (machine.HARD_RESET, "hard"),
    (machine.WDT_RESET, "watchdog"),
    (machine.DEEPSLEEP_RESET, "deep_sleep"),
    (machine.SOFT_RESET, "soft"),
)


class Board:
    def __init__(self, config):
        self.name = config["name"]
        self.card = Card(config["card"])  # first: its bounce buffer is to lie in internal RAM
        self.camera = Camera(config["camera"])
        self.wifi = Wifi(config["wifi"])
        self.watchdog = Watchdog()
        self.led = Led(config["led"])
        self.console = Console()
        self._nvs = esp32.NVS("daylog")

    def unique_id(self):
        return machine.unique_id()

    def reset_cause(self):
        cause = machine.reset_cause()
        for number, name in _CAUSES:
            if number == cause:
                return name
        return "unknown"

    def reset(self):
        machine.reset()

    def deep_sleep(self):
        machine.deepsleep()

    def temperature_c(self):
        return esp32.mcu_temperature() if hasattr(esp32, "mcu_temperature") else None

    def set_rtc(self, unix_s):
        year, month, day, hour, minute, second, weekday = time.gmtime(unix_s - _EPOCH_S)[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def nvs_get(self, key):
        try:
            return self._nvs.get_i32(key)
        except OSError:  # never set
            return 0

    def nvs_set(self, key, value):
        self._nvs.set_i32(key, value)
        self._nvs.commit()


class Watchdog:
    def __init__(self):
        self._wdt = None

    def start(self, timeout_ms):
        self._wdt = machine.WDT(timeout=timeout_ms)

    def feed(self):
        if self._wdt is not None:
            self._wdt.feed()


class Led:
    def __init__(self, config):
        self._inverted = config.get("inverted", False)
        self._pin = machine.Pin(config["pin"], machine.Pin.OUT, value=int(self._inverted)) if "pin" in config else None

    def set(self, lit):
        if self._pin is not None:
            self._pin.value(int(bool(lit) != self._inverted))


class Console:
    """The USB serial line."""

    def __init__(self):
        self.stdin = StreamReader(sys.stdin.buffer)  # pyright: ignore[reportArgumentType] (stubs of CPython)

    def write(self, data):
        sys.stdout.buffer.write(data)
