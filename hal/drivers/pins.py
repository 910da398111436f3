# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A light and a button on pins that behave as `machine.Pin`; the port makes the pins. None: there is no such thing on this board."""


class PinLed:
    def __init__(self, pin, inverted):
        self._pin, self._inverted = pin, inverted

    def set(self, lit):
        if self._pin is not None:
            self._pin.value(int(bool(lit) != self._inverted))


class PinButton:
    """Pressed, it pulls its pin to ground."""

    def __init__(self, pin, falling):
        """`falling`: the port's word for that edge."""
        self._was_pressed = False
        self._pin = pin
        if pin is not None:
            pin.irq(self._on_fall, falling)

    def _on_fall(self, pin):
        """Called some time after the edge: when it was let go and only bounced, the level is high again."""
        self._was_pressed = self._was_pressed or not pin.value()

    def was_pressed(self):
        was_pressed, self._was_pressed = self._was_pressed, False
        return was_pressed
