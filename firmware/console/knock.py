# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Tells a program that knocks for the Python prompt from a person who types Ctrl-C.

The console runs with the interpreter's own Ctrl-C switched off, so that a person's Ctrl-C only cancels a
line. mpremote opens every conversation by writing Enter and Ctrl-C in one go, and then Enter and Ctrl-A,
which is meant for the prompt. The rule that lets unmodified mpremote in:

    Enter on an empty line (or on one that nobody has touched for a second),
    with Ctrl-C directly behind it (nothing between; there already, or within 20 ms): leave.

"There already" is for a recorder that writes to a slow card between the two. No person types that, and 10,000 random
bytes hardly ever contain it. The reader must stop at that very Ctrl-C: what follows belongs to the prompt.
"""

from firmware.compat import const, ticks_diff

_ENTER = const(0x0D)
_CTRL_C = const(0x03)
TOGETHER_MS = const(20)
FORGOTTEN_MS = const(1000)


class Knock:
    def __init__(self, now_ms):
        self._last_ms = now_ms
        self._armed = self._followed = False

    def heard(self, code, now_ms, line_is_empty, waits):
        """Take one byte before the editor does; `waits()`: whether another has come. True: leave, and read no further."""
        pause_ms = ticks_diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        if code == _CTRL_C and self._armed and (self._followed or pause_ms <= TOGETHER_MS):
            return True
        self._armed = code == _ENTER and (line_is_empty or pause_ms >= FORGOTTEN_MS)
        self._followed = self._armed and waits()
        return False
