# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`machine.I2S` of the simulated board, with a microphone that hears a click of 5 ms at each full second of its world.

The bus gives frames in lots, as its DMA does (256 frames; MicroPython, ports/esp32/machine_i2s.c). Of what nobody fetches it keeps
the newest `ibuf` bytes. Its crystal is as wrong as they come.
"""

from sim.device.waitable import POLLIN, Waitable

CRYSTAL_PPM = 200
LOUD = 20_000
_CLICK_US = 5_000
_SECOND_US = 1_000_000
_UHZ = 1_000_000
_LOT = 256
_FRAME_BYTES = 8  # two slots of 32 bits, whatever of them is asked for
_SILENCE = memoryview(bytes(32_000))  # what a simulation makes anew is taken from the board's heap


def samples_by(at_us, rate_hz, ppm):
    """How many a microphone has taken since the world began."""
    return at_us * (rate_hz * (_UHZ + ppm)) // (_UHZ * _SECOND_US)


def write_samples(buffer, first, rate_hz, ppm):
    """Fill `buffer` with samples of 16 bits, of which `first` is the number of the first; at 0 Hz nothing is heard."""
    for at in range(0, len(buffer), len(_SILENCE)):
        some = buffer[at : at + len(_SILENCE)]
        some[:] = _SILENCE[: len(some)]
    if not rate_hz:
        return
    rate_uhz = rate_hz * (_UHZ + ppm)
    end = first + len(buffer) // 2
    second = first * _UHZ // rate_uhz
    while second * rate_uhz // _UHZ <= end:
        begin = second * rate_uhz // _UHZ
        for number in range(max(first, begin), min(end, begin + rate_hz * _CLICK_US // _SECOND_US)):
            level = (LOUD if number % 2 else -LOUD) & 0xFFFF
            buffer[2 * (number - first)] = level & 0xFF
            buffer[2 * (number - first) + 1] = level >> 8
        second += 1


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
