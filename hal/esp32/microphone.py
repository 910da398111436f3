# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A microphone on the I2S bus. MicroPython takes frames of two slots of 32 bits, and of those the upper 16 bits of the left slot.

Asked through `poll`, the driver hands over what it has and does not wait. It keeps `ibuf` bytes, of internal RAM, of such frames.
PDM microphones speak otherwise, and machine.I2S does not understand them.
"""

import select

from machine import I2S, Pin

from firmware.compat import const

KEPT_MS = const(250)  # of internal RAM they take 32 KB at 16 kHz
FRAME_BYTES = const(8)


class Microphone:
    def __init__(self, config):
        self.rate_hz = config["rate_hz"]
        self._pins = [config["pins"][name] for name in ("sck", "ws", "sd")]
        self._bus = None
        self._poll = select.poll()

    def open(self):
        self.close()
        sck, ws, sd = [Pin(number) for number in self._pins]
        kept = self.rate_hz * KEPT_MS // 1000 * FRAME_BYTES
        self._bus = I2S(0, sck=sck, ws=ws, sd=sd, mode=I2S.RX, bits=16, format=I2S.MONO, rate=self.rate_hz, ibuf=kept)
        self._poll.register(self._bus, select.POLLIN)  # pyright: ignore[reportArgumentType]  typeshed is CPython's

    def close(self):
        if self._bus is not None:
            self._poll.unregister(self._bus)  # pyright: ignore[reportArgumentType]
            self._bus.deinit()
            self._bus = None

    def readinto(self, buffer):
        for _ in self._poll.ipoll(0):  # pyright: ignore[reportAttributeAccessIssue]
            return self._bus.readinto(buffer) or 0
        return 0
