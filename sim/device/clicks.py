# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a microphone hears of the world: a click of 5 ms at each full second, by a crystal that is as wrong as they come."""

CRYSTAL_PPM = 200
LOUD = 20_000
_CLICK_US = 5_000
_SECOND_US = 1_000_000
_UHZ = 1_000_000
_SILENCE = memoryview(bytes(32_000))  # what a simulation makes anew is taken from the board's heap


def crystal_ppm(seed):
    """By how much it takes its samples too fast: one way or the other."""
    return CRYSTAL_PPM if seed % 2 else -CRYSTAL_PPM


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
