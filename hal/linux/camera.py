# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The camera: an encoder's stream, access unit by access unit. Which program that is, and with which options, says the board's data."""

import os

from firmware.compat import ticks_diff, ticks_ms  # pyright: ignore[reportAttributeAccessIssue]  typeshed is CPython's
from hal.linux.annexb import AccessUnits
from hal.linux.encoder import Encoder

BUFFER_BYTES = 8 << 20  # ten seconds at 3 GB/h
EIO, EINVAL = 5, 22


def command_line(encoders, profile):
    """Of the encoder that a profile names; {width} and the like in it are those of the profile, $DISPLAY and the like the system's."""
    return [os.path.expandvars(word.format(**profile)) for word in encoders[profile["encoder"]]]


class Camera:
    def __init__(self, encoders):
        """`encoders`: command lines by name."""
        self._encoders = encoders
        self._units = AccessUnits(BUFFER_BYTES)
        self._encoder = None

    def open(self, profile):
        self.close()
        self._units.restart()
        self._encoder = Encoder(command_line(self._encoders, profile), self._units)

    def close(self):
        if self._encoder is not None:
            if not self._encoder.end():
                self._units = AccessUnits(BUFFER_BYTES)  # it may still write into these
            self._encoder = None

    def available(self):
        if self._units.waiting():
            return True
        why = self._encoder.why_not()
        if why:
            raise OSError(EIO, why)
        return False

    def capture(self):
        return self._units.first().view if self._units.waiting() else None

    def keyframe(self):
        return self._units.first().is_key

    def waited_ms(self):
        return ticks_diff(ticks_ms(), self._units.first().came_ms)

    def release(self):
        self._encoder.release()

    def tune(self, knob, value):
        raise OSError(EINVAL)  # an encoder is told everything when it starts, by its command line
