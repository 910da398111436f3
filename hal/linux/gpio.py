# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A light by its name in /sys/class/leds, and a button as a line of a GPIO chip, through libgpiod 2 where it is installed."""

from datetime import timedelta

from hal.linux import system

try:
    import gpiod  # pyright: ignore[reportMissingImports]  a package of the system
except ImportError:  # without it there is no button
    gpiod = None

DEBOUNCE_MS = 20


class Led:
    def __init__(self, config):
        """A light that cannot be switched, for there is none or somebody forbids it, stays as it is."""
        self._file = None
        if "name" in config:
            folder = system.root + "/sys/class/leds/%s/" % config["name"]
            try:
                with open(folder + "trigger", "w") as file:
                    file.write("none")
                self._file = open(folder + "brightness", "wb", buffering=0)
            except OSError:
                pass

    def set(self, lit):
        if self._file is not None:
            try:
                self._file.write(b"1" if lit else b"0")
            except OSError:
                pass


class Button:
    """Pressed, it pulls its line to ground."""

    def __init__(self, config):
        self._line = None
        if gpiod is not None and "pin" in config:
            line = gpiod.LineSettings(
                direction=gpiod.line.Direction.INPUT,
                bias=gpiod.line.Bias.PULL_UP,
                edge_detection=gpiod.line.Edge.FALLING,
                debounce_period=timedelta(milliseconds=DEBOUNCE_MS),
            )
            try:
                self._line = gpiod.request_lines(config["chip"], consumer="daylog", config={config["pin"]: line})
            except OSError:
                pass

    def was_pressed(self):
        if self._line is None or not self._line.wait_edge_events(0):
            return False
        self._line.read_edge_events()
        return True
