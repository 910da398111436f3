# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The parts of one RP2350 board, and what the chip itself knows."""

import time

import machine

from hal.drivers import open_gauge
from hal.drivers.pins import PinButton, PinLed
from hal.drivers.serial_line import Console
from hal.rp2.camera import Camera
from hal.rp2.card import Card
from hal.rp2.nvs import Nvs
from hal.rp2.watchdog import Watchdog
from hal.rp2.wifi import Wifi

WHY = "why"  # of the reset, in the non-volatile memory: the chip knows power-on from all others, and nothing else
NAP_MS = 1000
# RP2350 datasheet 12.4.6: 0.706 V at 27 C, falling by 1.721 mV a degree; the converter's reference is 3.3 V.
SENSOR_MV_27C, SENSOR_UV_PER_C, REFERENCE_MV = 706, 1721, 3300


class Board:
    def __init__(self, config):
        self.name = config["name"]
        self.camera = Camera(config["camera"], config["profiles"])  # first: its buffers are to lie in one piece
        self.beside = {}
        self.microphone = None  # no board of this port has one
        self.card = Card(config["card"])
        self.wifi = Wifi(config["wifi"])
        self.watchdog = Watchdog()
        self.led = Led(config["led"])
        self.console = Console()
        self.gauge = _gauge(config.get("gauge"))
        self.button = Button(config.get("button", {}))
        self._nvs = Nvs()
        self._cause = self._read_cause()

    def unique_id(self):
        return machine.unique_id()

    # -- reset and sleep -------------------------------------------------------------------

    def _read_cause(self):
        """machine.reset() is the watchdog's doing too, so who resets leaves a word why."""
        told = self._nvs.text(WHY)
        self._leave_word("")
        return "power_on" if machine.reset_cause() == machine.PWRON_RESET else told or "watchdog"

    def _leave_word(self, why):
        try:
            self._nvs.put_text(WHY, why)
        except OSError:  # the flash is full: the next boot takes it for the watchdog's reset
            pass

    def reset_cause(self):
        return self._cause

    def reset(self):
        self._leave_word("hard")
        machine.reset()

    def deep_sleep(self, wake_ms=0):
        """Without an end nothing but the RUN pin or power wakes it. Else it naps, for the chip's watchdog counts on in its sleep."""
        self.camera.close()
        self.wifi.active(False)
        self._leave_word("deep_sleep")
        if not wake_ms:
            machine.deepsleep()
        left_ms = wake_ms
        while left_ms > 0 and not self.button.is_down():
            machine.lightsleep(min(left_ms, NAP_MS))
            self.watchdog.feed()
            left_ms -= NAP_MS
        machine.reset()

    # -- what the chip measures and keeps ----------------------------------------------------

    def temperature_c(self):
        millivolts = machine.ADC(machine.ADC.CORE_TEMP).read_u16() * REFERENCE_MV / 65535
        return int(27 - (millivolts - SENSOR_MV_27C) * 1000 / SENSOR_UV_PER_C)

    def distress(self):
        return ""

    def rtc_unix_ms(self):
        year, month, day, _, hour, minute, second, _ = machine.RTC().datetime()
        return int(time.mktime((year, month, day, hour, minute, second, 0, 0, 0))) * 1000  # this port counts from 1970

    def set_rtc(self, unix_s):
        year, month, day, hour, minute, second, weekday = time.gmtime(unix_s)[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def nvs_get(self, key):
        return self._nvs.number(key)

    def nvs_set(self, key, value):
        self._nvs.put_number(key, value)

    def nvs_get_text(self, key):
        return self._nvs.text(key)

    def nvs_set_text(self, key, text):
        self._nvs.put_text(key, text)


def _gauge(config):
    """The gauge on the board's bus; None if its data names none, or nothing answers there: it may be left out."""
    if config is None:
        return None
    bus = machine.I2C(config["scl"] // 2 % 2, scl=machine.Pin(config["scl"]), sda=machine.Pin(config["sda"]))
    try:
        return open_gauge(config, bus)
    except OSError:
        return None


class Led(PinLed):
    """On a pin, or by a name: the light of the board itself hangs on the Wi-Fi chip."""

    def __init__(self, config):
        inverted, place = config.get("inverted", False), config.get("pin", config.get("name"))
        super().__init__(None if place is None else machine.Pin(place, machine.Pin.OUT, value=int(inverted)), inverted)


class Button(PinButton):
    def __init__(self, config):
        pin = machine.Pin(config["pin"], machine.Pin.IN, machine.Pin.PULL_UP) if "pin" in config else None
        super().__init__(pin, machine.Pin.IRQ_FALLING)

    def is_down(self):
        return self._pin is not None and not self._pin.value()
