# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The one place that knows there are two interpreters.

MicroPython has `time.ticks_ms` and `asyncio.sleep_ms`; CPython has neither.
Below this module nobody asks which interpreter runs.
"""

import asyncio
import binascii
import gc
import time

try:
    from micropython import const, kbd_intr
except ImportError:

    def const(value):
        return value

    def kbd_intr(code):
        """Which byte of the console interrupts the program; CPython is interrupted by signals only."""


try:
    from time import ticks_add, ticks_diff, ticks_ms, ticks_us
except ImportError:

    def ticks_ms():
        return time.monotonic_ns() // 1_000_000

    def ticks_us():
        return time.monotonic_ns() // 1_000

    def ticks_add(ticks, delta):
        return ticks + delta

    def ticks_diff(later, earlier):
        return later - earlier


try:
    from asyncio import sleep_ms
except ImportError:

    def sleep_ms(duration_ms):
        return asyncio.sleep(duration_ms / 1000)


def hexlify(data):
    """Lower-case hex as str; hashlib has no hexdigest on MicroPython."""
    return binascii.hexlify(data).decode()


def collect():
    """Run the garbage collector; callers choose the moment, never the frame loop."""
    gc.collect()


if hasattr(gc, "mem_free"):
    free_bytes = gc.mem_free
else:

    def free_bytes():
        """What the heap can still give before it must be collected; here there is no end of it."""
        return 1 << 30
