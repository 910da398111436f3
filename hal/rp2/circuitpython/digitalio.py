# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""digitalio.DigitalInOut, as an output."""

import machine


class DigitalInOut:
    def __init__(self, pin):
        self._number = pin

    def switch_to_output(self, value=False):
        machine.Pin(self._number, machine.Pin.OUT, value=int(value))

    def deinit(self):
        """The level stays: a sensor whose shutdown line floats may wake up again."""
