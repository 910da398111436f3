# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The button of the world: its pin is low while the wearer presses it."""


class Button:
    """`presses`: [[at_us, for how many ms]]"""

    def __init__(self, presses, clock):
        self._presses, self._clock = presses, clock

    def level(self):
        now_us = self._clock.now_us
        return int(not any(at_us <= now_us < at_us + held_ms * 1000 for at_us, held_ms in self._presses))

    def on_fall(self, callback):
        """Call back at each press that is still to come."""
        for at_us, _ in self._presses:
            if at_us > self._clock.now_us:
                self._clock.at(at_us, callback)
