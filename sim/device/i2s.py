# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`machine.I2S` of the simulated board, with a microphone that hears what clicks.py says.

The bus gives frames in lots, as its DMA does (256 frames; MicroPython, ports/esp32/machine_i2s.c). Of what nobody fetches it keeps
the newest `ibuf` bytes.
"""

from sim.device.clicks import samples_by, write_samples
from sim.device.waitable import POLLIN, Waitable

_LOT = 256
_FRAME_BYTES = 8  # two slots of 32 bits, whatever of them is asked for


def make_i2s(wired, clock, ppm, trace):
    """The class, for the pins that the board's microphone has; `wired` is None where there is none, and nothing is heard."""

    class I2S(Waitable):
        RX, TX, MONO, STEREO = 0, 1, 0, 1

        def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
            if id not in (0, 1):
                raise ValueError("invalid id")
            if (mode, bits, format) != (self.RX, 16, self.MONO):
                raise ValueError("simulated is a microphone with one channel of 16 bits")
            pins = {"sck": sck._number, "ws": ws._number, "sd": sd._number}
            self._hears = wired is not None and pins == wired["pins"]
            self._rate_hz, self._kept = rate, ibuf // _FRAME_BYTES
            self._next = self._came()
            trace.add("microphone_on", rate_hz=rate)

        def _came(self):
            return samples_by(clock.now_us, self._rate_hz, ppm) // _LOT * _LOT

        def ready(self, flags):
            return flags & POLLIN if self._came() > self._next else 0

        def readinto(self, buffer):
            came = self._came()
            self._next = max(self._next, came - self._kept)
            count = min(came - self._next, len(buffer) // 2)
            write_samples(memoryview(buffer)[: 2 * count], self._next, self._rate_hz if self._hears else 0, ppm)
            self._next += count
            return 2 * count

        def deinit(self):
            trace.add("microphone_off")

    return I2S
