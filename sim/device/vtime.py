# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `time` module the firmware sees, and asyncio on virtual time.

asyncio keeps its C task queue. That queue stamps tasks which are ready at once with the real ticks, so the
clock asyncio sees is kept far ahead of those: such a task then lies in the past, which is what "ready" means.
(A task made ready therefore runs before a sleeper that is due at the same moment.)
"""

import sys
import time as real_time

from sim.device.rtc import EPOCH_S

AHEAD_MS = 1_000_000_000
DAYS_TO_2000 = 730426  # from 1 March of year 0, counted from 1
_HALF = 1 << 29  # ticks wrap at 2**30 on boards: ticks_us after 18 minutes
_MASK = 2 * _HALF - 1


def ticks_add(ticks, delta):
    return ticks + delta & _MASK


def ticks_diff(later, earlier):
    return (later - earlier + _HALF & _MASK) - _HALF


class Time:
    """The board's `time`. It counts seconds from its port's epoch."""

    def __init__(self, clock, rtc, epoch_s=EPOCH_S):
        self._clock, self._rtc, self._epoch_s = clock, rtc, epoch_s
        self.ticks_add, self.ticks_diff = ticks_add, ticks_diff
        self.localtime = self.gmtime

    def ticks_ms(self):
        return self._clock.uptime_us() // 1000 & _MASK

    def ticks_us(self):
        return self._clock.uptime_us() & _MASK

    ticks_cpu = ticks_us

    def sleep_us(self, duration_us):
        self._clock.advance_us(max(0, duration_us))

    def sleep_ms(self, duration_ms):
        self._clock.advance_us(max(0, duration_ms) * 1000)

    def sleep(self, duration_s):
        self._clock.advance_us(int(max(0, duration_s) * 1_000_000))

    def time(self):
        return self._rtc.unix_us() // 1_000_000 - self._epoch_s

    def time_ns(self):
        return self._rtc.unix_us() * 1000 - self._epoch_s * 1_000_000_000

    def set_rtc(self, seconds, us):
        """For machine.RTC: seconds since the epoch, and microseconds."""
        self._rtc.set_us((seconds + self._epoch_s) * 1_000_000 + us)

    def gmtime(self, seconds=None):
        return real_time.gmtime((self.time() if seconds is None else seconds) + self._epoch_s)

    def mktime(self, fields):
        """A board has no time zone, whatever the host has."""
        year, month, day, hour, minute, second = fields[:6]
        year, month = year - (month < 3), (month + 9) % 12  # years that begin in March end with the leap day
        days = year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - DAYS_TO_2000
        return days * 86400 + hour * 3600 + minute * 60 + second + EPOCH_S - self._epoch_s


class _Ahead:
    """What asyncio.core takes its ticks from when it is first imported."""

    def __init__(self, clock):
        base_ms = real_time.ticks_ms() + AHEAD_MS
        self.ticks_ms = lambda: base_ms + clock.uptime_us() // 1000
        self.ticks_diff, self.ticks_add = real_time.ticks_diff, real_time.ticks_add


def install(clock, make_queue, rtc, epoch_s=EPOCH_S):
    """Put `time` in place and make asyncio wait in `make_queue(core, clock, ticks_ms)`; returns the board's `time`."""
    ahead = _Ahead(clock)
    sys.modules["time"] = ahead
    import asyncio

    asyncio.core._io_queue = make_queue(asyncio.core, clock)
    board_time = Time(clock, rtc, epoch_s)
    sys.modules["time"] = board_time
    return board_time
