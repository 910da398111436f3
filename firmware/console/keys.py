# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bytes from a terminal -> keys. Knows the control characters and the escape sequences that terminals send.

decoder = KeyDecoder()
decoder.feed(0x61)              # "a": one printable character
decoder.feed(0x08)              # "backspace": a named key
decoder.feed(0x1B)              # None: an escape sequence has begun
"""

from firmware.compat import const

_ESC = const(0x1B)
_CR = const(0x0D)
_LF = const(0x0A)

_GROUND = const(0)
_AFTER_ESC = const(1)
_IN_SEQUENCE = const(2)

_LONGEST_SEQUENCE = const(8)  # after so many parameter bytes it is line noise

_CONTROL = {
    0x01: "home",
    0x02: "left",
    0x03: "cancel",
    0x04: "delete",
    0x05: "end",
    0x06: "right",
    0x08: "backspace",
    0x09: "complete",
    _LF: "enter",
    0x0B: "kill_to_end",
    0x0C: "redraw",
    _CR: "enter",
    0x0E: "down",
    0x10: "up",
    0x15: "kill_to_start",
    0x17: "kill_word",
    0x7F: "backspace",
}
_FINAL = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_TILDE = {"1": "home", "3": "delete", "4": "end", "7": "home", "8": "end"}


class KeyDecoder:
    """A state machine over single bytes; any sequence of bytes leaves it usable."""

    def __init__(self):
        self._state = _GROUND
        self._parameters = ""
        self._after_cr = False

    def feed(self, code):
        """Take one byte; return a printable character, the name of a key, or None."""
        if code < 0x20 or code == 0x7F:
            return self._control(code)
        self._after_cr = False
        if self._state == _GROUND:
            return chr(code) if code < 0x7F else None
        if self._state == _AFTER_ESC:
            return self._begin_sequence(chr(code))
        return self._sequence(chr(code))

    def _control(self, code):
        # A control character ends any sequence: Ctrl-C must work whatever came before it.
        second_of_pair = code == _LF and self._after_cr
        self._after_cr = code == _CR
        self._state = _AFTER_ESC if code == _ESC else _GROUND
        return None if second_of_pair else _CONTROL.get(code)

    def _begin_sequence(self, character):
        # "ESC [" and "ESC O" (application mode) begin one; ESC and another key is Alt, which we do not use.
        self._state = _IN_SEQUENCE if character in "[O" else _GROUND
        self._parameters = ""
        return None

    def _sequence(self, character):
        if character in "0123456789;" and len(self._parameters) < _LONGEST_SEQUENCE:
            self._parameters += character
            return None
        self._state = _GROUND
        if character == "~":
            return _TILDE.get(self._parameters.split(";")[0])
        return _FINAL.get(character)
