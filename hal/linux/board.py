# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The parts of a Linux machine that records, and what it knows of itself.

A reset is the end of the process with a code of its own, after which whoever started it does so again. Which of its ends was meant
stands in a file; an end without a word was a power cut if the machine has booted since, else a crash.
"""

import hashlib
import os
import time

from hal.drivers import open_gauge
from hal.linux import system
from hal.linux.camera import Camera
from hal.linux.card import Card
from hal.linux.console import open_console
from hal.linux.distress import distress
from hal.linux.gpio import Button, Led
from hal.linux.i2c import I2c
from hal.linux.microphone import open_microphone
from hal.linux.nvs import Nvs
from hal.linux.watchdog import Watchdog
from hal.linux.wifi import open_wifi

RESTART = 75  # exit code: start me again; EX_TEMPFAIL of sysexits.h
_ENDING, _BOOT = "ending", "machine_boot"
_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_MACHINE_ID = "/etc/machine-id"
_TEMPERATURE = "/sys/class/thermal/thermal_zone0/temp"
_CLOCKS = ("/dev/rtc0", "/run/systemd/timesync/synchronized")  # what makes the system's time worth something
_TEXT_BYTES = 64


class Board:
    def __init__(self, config):
        self.name = config["name"]
        self._nvs = Nvs(config["state"])
        self._cause = self._cause_of_start()
        self.camera = Camera(config["encoders"])
        self.beside = {name: Camera(config["encoders"]) for name in _beside(config["profiles"])}
        self.microphone = open_microphone(config.get("microphone"))
        self.card = Card(config["card"])
        self.wifi = open_wifi(config["wifi"])
        self.watchdog = Watchdog(self._bitten)
        self.led = Led(config["led"])
        self.button = Button(config.get("button", {}))
        self.gauge = _gauge(config.get("gauge"))
        self.console = open_console(config["console"])

    def _cause_of_start(self):
        boot, before, ending = system.text(_BOOT_ID), self._nvs.get(_BOOT, ""), self._nvs.get(_ENDING, "")
        self._remember(_BOOT, boot)
        self._remember(_ENDING, "")
        return ending or ("hard" if boot == before else "power_on")

    def _remember(self, key, text):
        """A system that can keep nothing, for its disk is full or read-only, shall record all the same."""
        try:
            self._nvs.set(key, text)
        except OSError:
            pass

    def unique_id(self):
        """Of the machine-id only what is made of it may be shown (machine-id(5))."""
        return hashlib.sha256(b"daylog " + system.text(_MACHINE_ID).encode()).digest()[:6]

    def reset_cause(self):
        return self._cause

    def reset(self):
        self._end("soft", RESTART)

    def leave(self):
        """Whoever started it has asked for the end."""
        self._remember(_ENDING, "soft")

    def deep_sleep(self, wake_ms=0):
        """The process has nothing left to do; the machine stays on. Without a time to wake at it ends for good."""
        if wake_ms:
            self.watchdog.rest(wake_ms)
            time.sleep(wake_ms / 1000)
        self._end("deep_sleep", RESTART if wake_ms else 0)

    def _bitten(self):
        self._end("watchdog", RESTART)

    def _end(self, ending, code):
        self._remember(_ENDING, ending)
        os._exit(code)

    def temperature_c(self):
        text = system.text(_TEMPERATURE)
        return int(text) // 1000 if text.isdigit() else None

    def distress(self):
        return distress()

    def rtc_unix_ms(self):
        return int(time.time() * 1000) if any(system.exists(path) for path in _CLOCKS) else 0

    def set_rtc(self, unix_s):
        """The system's time is its owner's; it is set only by a service that may."""
        try:
            time.clock_settime(time.CLOCK_REALTIME, unix_s)
        except OSError:
            pass

    def nvs_get(self, key):
        return self._nvs.get(key, 0)

    def nvs_set(self, key, value):
        self._nvs.set(key, value)

    def nvs_get_text(self, key):
        return self._nvs.get(key, "")

    def nvs_set_text(self, key, text):
        self._nvs.set(key, text.encode()[:_TEXT_BYTES].decode("utf-8", "ignore"))


def _beside(profiles):
    """Names of what any profile wants to be recorded beside the camera."""
    return sorted({name for profile in profiles.values() for name in profile.get("beside", ())})


def _gauge(config):
    """The gauge on the bus; None if the board's data names none, or nothing answers there: it may be left out."""
    if config is None:
        return None
    try:
        return open_gauge(config, I2c(config["bus"]))
    except OSError:
        return None
