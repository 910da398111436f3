# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The parts of one ESP32 board, and what the chip itself knows."""

import time

import esp32
import machine

from hal.drivers import open_gauge
from hal.drivers.pins import PinButton, PinLed
from hal.drivers.serial_line import Console
from hal.esp32.camera import Camera
from hal.esp32.card import Card
from hal.esp32.wifi import Wifi

_EPOCH_S = 946684800  # this port counts from 2000
_TEXT_BYTES = 64
_LAST_CALL_MS = 5000  # before the watchdog bites
_TICK_MS = 1000
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
        self.gauge = _gauge(config.get("gauge"))
        self.camera = Camera(config["camera"], self.gauge)
        self.beside = {}
        self.microphone = _microphone(config.get("microphone"))
        self.wifi = Wifi(config["wifi"])
        self.watchdog = Watchdog()
        self.led = Led(config["led"])
        self.console = Console()
        self.button = Button(config.get("button", {}))
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

    def deep_sleep(self, wake_ms=0):
        self.button.wakes()
        if wake_ms:
            machine.deepsleep(wake_ms)
        else:
            machine.deepsleep()

    def temperature_c(self):
        return esp32.mcu_temperature() if hasattr(esp32, "mcu_temperature") else None

    def distress(self):
        return ""

    def rtc_unix_ms(self):
        year, month, day, _, hour, minute, second, us = machine.RTC().datetime()
        return (time.mktime((year, month, day, hour, minute, second, 0, 0, 0)) + _EPOCH_S) * 1000 + us // 1000

    def set_rtc(self, unix_s):
        year, month, day, hour, minute, second, weekday = time.gmtime(unix_s - _EPOCH_S)[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def nvs_get(self, key):
        try:
            return self._nvs.get_i32(key)
        except OSError:  # never set
            return 0

    def nvs_set(self, key, value):
        try:
            self._nvs.set_i32(key, value)
        except OverflowError:
            raise OSError(22) from None  # EINVAL
        self._nvs.commit()

    def nvs_get_text(self, key):
        buffer = bytearray(_TEXT_BYTES)
        try:
            return buffer[: self._nvs.get_blob(key, buffer)].decode()
        except (OSError, UnicodeError):  # never set, or not by us
            return ""

    def nvs_set_text(self, key, text):
        self._nvs.set_blob(key, text.encode()[:_TEXT_BYTES])
        self._nvs.commit()


def _gauge(config):
    """The gauge on the board's bus; None if its data names none, or nothing answers there: it may be left out."""
    if config is None:
        return None
    bus = machine.I2C(0, scl=machine.Pin(config["scl"]), sda=machine.Pin(config["sda"]))
    try:
        return open_gauge(config, bus)
    except OSError:
        return None


def _nobody():
    """Has the last call before somebody is named."""


class Watchdog:
    """RTC memory would be the place for last words, but stock builds clear it when the watchdog resets (micropython #5199).

    So a timer counts down beside the watchdog and has the last call while the interpreter still runs.
    """

    def __init__(self):
        self._wdt = None
        self._last_call = _nobody
        self._timer = machine.Timer(0)
        self._timeout_ms = self._left_ms = 0

    def start(self, timeout_ms, last_call=None):
        self._wdt = machine.WDT(timeout=timeout_ms)
        self._timeout_ms = timeout_ms
        self._timer.deinit()
        if last_call is not None:
            self._last_call = last_call
            self._timer.init(mode=machine.Timer.PERIODIC, period=_TICK_MS, callback=self._tick)
        self.feed()

    def feed(self):
        if self._wdt is not None:
            self._wdt.feed()
            self._left_ms = self._timeout_ms - _LAST_CALL_MS

    def _tick(self, _timer):
        """Called between two bytecodes of whoever runs."""
        self._left_ms -= _TICK_MS
        if -_TICK_MS < self._left_ms <= 0:
            self._last_call()


class Led(PinLed):
    def __init__(self, config):
        inverted = config.get("inverted", False)
        super().__init__(machine.Pin(config["pin"], machine.Pin.OUT, value=int(inverted)) if "pin" in config else None, inverted)


class Button(PinButton):
    """The chip stays awake for none but RTC pins: 0 to 21 of an ESP32-S3."""

    def __init__(self, config):
        pin = machine.Pin(config["pin"], machine.Pin.IN, machine.Pin.PULL_UP) if "pin" in config else None
        super().__init__(pin, machine.Pin.IRQ_FALLING)

    def wakes(self):
        """From the deep sleep that follows."""
        if self._pin is not None:
            esp32.wake_on_ext0(self._pin, esp32.WAKEUP_ALL_LOW)


def _microphone(config):
    """None if the board's data names none; only a board that has one needs the code for it."""
    if config is None:
        return None
    from hal.esp32.microphone import Microphone

    return Microphone(config)
