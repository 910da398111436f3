# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How fast a card is, measured with a temporary file, and which capture profiles that is enough for."""

from firmware.cadence import kb_per_s, period_us
from firmware.compat import const, sleep_ms, ticks_diff, ticks_us
from firmware.durable import open

SLICE_BYTES = const(8192)  # what the recorder writes at once
SLICES = const(256)
COMMIT_EVERY = const(32)
ROOM_PERCENT = const(130)  # what a card must do of what a profile needs: the uploader reads, and cards have bad moments


async def bench(folder):
    """{write_kbps, read_kbps, longest_pause_ms, wrong_slices}, with a file that stays. Takes turns with other tasks. Raises
    OSError from the card."""
    with open(folder + "/bench", "w+b") as file:
        view = memoryview(bytearray(SLICE_BYTES))
        written_us, longest_us = await _write(file, view)
        file.seek(0)
        read_us, wrong = await _read(file, view)
    total = SLICES * SLICE_BYTES * 1000
    return {
        "write_kbps": total // max(1, written_us),
        "read_kbps": total // max(1, read_us),
        "longest_pause_ms": longest_us // 1000,
        "wrong_slices": wrong,
    }


async def _write(file, view):
    """(microseconds in all, of the longest slice)"""
    total_us = longest_us = 0
    for number in range(SLICES):
        _stamp(view, number)
        start = ticks_us()
        file.write(view)
        if number % COMMIT_EVERY == COMMIT_EVERY - 1:
            file.flush()
        took_us = ticks_diff(ticks_us(), start)
        total_us, longest_us = total_us + took_us, max(longest_us, took_us)
        await sleep_ms(0)
    return total_us, longest_us


async def _read(file, view):
    """(microseconds in all, slices that were not what had been written)"""
    total_us = wrong = 0
    expected = memoryview(bytearray(SLICE_BYTES))
    for number in range(SLICES):
        _stamp(expected, number)
        start = ticks_us()
        file.readinto(view)
        total_us += ticks_diff(ticks_us(), start)
        wrong += view != expected
        await sleep_ms(0)
    return total_us, wrong


def _stamp(view, number):
    view[0], view[1] = number & 0xFF, number >> 8
    view[SLICE_BYTES - 1] = number & 0xFF


def fits(profiles, name, measured):
    """Whether footage of this profile can be written in time."""
    return 100 * measured["write_kbps"] >= ROOM_PERCENT * kb_per_s(profiles, name)


def bridged_ms(profile, buffers):
    """The longest pause of the card that costs no frame: the camera's buffers fill meanwhile."""
    return (buffers - 1) * period_us(profile) // 1000
