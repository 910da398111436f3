# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Virtual time for MicroPython's asyncio, and the `time` module the firmware sees.

The C task queue stays. It stamps tasks that are ready at once with the real ticks, so asyncio's own
clock is kept far ahead of those: such a task then lies in the past, which is what "ready" means.
(A task made ready therefore runs before a sleeper that is due at the same moment.)
"""

import sys
import time as real_time

POLLIN, POLLOUT = 1, 4
AHEAD_MS = 1_000_000_000
PATIENCE_MS = 10_000  # how long a real peer may keep virtual time waiting


class Deadlock(Exception):
    """Every task waits and nothing can ever wake one."""


class Time:
    """The board's `time` module. The epoch is 2000, as on the esp32 port."""

    EPOCH_2000_S = 946684800

    def __init__(self, clock):
        self._clock = clock
        self._rtc_offset_s = 0  # power-on: the RTC starts at its epoch
        self.ticks_diff, self.ticks_add = real_time.ticks_diff, real_time.ticks_add
        self.gmtime = self.localtime = self._gmtime

    def ticks_ms(self):
        return self._clock.uptime_us() // 1000

    def ticks_us(self):
        return self._clock.uptime_us()

    ticks_cpu = ticks_us

    def sleep_us(self, duration_us):
        self._clock.advance_us(max(0, duration_us))

    def sleep_ms(self, duration_ms):
        self._clock.advance_us(max(0, duration_ms) * 1000)

    def sleep(self, duration_s):
        self._clock.advance_us(int(max(0, duration_s) * 1_000_000))

    def time(self):
        return self._clock.uptime_us() // 1_000_000 + self._rtc_offset_s

    def time_ns(self):
        return self._clock.uptime_us() * 1000 + self._rtc_offset_s * 1_000_000_000

    def set_rtc(self, seconds_since_2000):
        self._rtc_offset_s = seconds_since_2000 - self._clock.uptime_us() // 1_000_000

    def _gmtime(self, seconds=None):
        return real_time.gmtime((self.time() if seconds is None else seconds) + self.EPOCH_2000_S)

    def mktime(self, fields):
        return real_time.mktime(fields) - self.EPOCH_2000_S


class _Ahead:
    """What asyncio.core takes its ticks from."""

    def __init__(self, clock):
        base = real_time.ticks_ms() + AHEAD_MS
        self.ticks_ms = lambda: base + clock.uptime_us() // 1000
        self.ticks_diff, self.ticks_add = real_time.ticks_diff, real_time.ticks_add


def install(clock, peers):
    """Make asyncio and `time` follow the clock. `peers.wait(ms)` waits for real sockets; see sockets.py."""
    ahead = _Ahead(clock)
    sys.modules["time"] = ahead
    import asyncio

    core = asyncio.core

    class VirtualIO(core.IOQueue):
        """Where asyncio would sleep, the clock moves instead."""

        def wait_io_event(self, dt):
            if self.map:
                self._look()
                if self._ready():
                    return
            if dt == 0:
                return
            if peers.expected():
                return peers.wait(PATIENCE_MS)
            self._sleep(clock.now_us + dt * 1000 if dt > 0 else None)

        def _look(self):
            """Wake the tasks whose streams are ready. Simulated streams are asked directly: a real poll
            that holds one of them costs a real millisecond. TLS hides its socket, and has to be polled."""
            hidden = False
            for waiting in list(self.map.values()):
                ask = getattr(waiting[2], "ready", None)
                if ask is None:
                    hidden = True
                else:
                    self._wake(waiting, ask((POLLIN if waiting[0] else 0) | (POLLOUT if waiting[1] else 0)))
            if hidden:
                super().wait_io_event(0)

        def _wake(self, waiting, events):
            reader, writer, stream = waiting
            if events & ~POLLOUT and reader is not None:
                core._task_queue.push(reader)
                waiting[0] = None
            if events & ~POLLIN and writer is not None:
                core._task_queue.push(writer)
                waiting[1] = None
            if waiting[0] is None and waiting[1] is None:
                self._dequeue(stream)

        def _ready(self):
            task = core._task_queue.peek()
            return task is not None and ahead.ticks_diff(task.ph_key, ahead.ticks_ms()) <= 0

        def _sleep(self, until_us):
            alarm_us = clock.next_alarm_us()
            if clock.realtime:
                return self._sleep_really(min(alarm_us, until_us or alarm_us))
            if until_us is None and alarm_us >= 1 << 60:
                raise Deadlock("every task waits, and nothing is going to happen")
            clock.advance_to(alarm_us if until_us is None else min(alarm_us, until_us))

        def _sleep_really(self, until_us):
            wait_ms = max(1, min(1000, (until_us - clock.now_us + 999) // 1000))
            if self.map:
                super().wait_io_event(wait_ms)
            else:
                real_time.sleep_ms(wait_ms)
            clock.follow()

    core._io_queue = VirtualIO()
    board_time = Time(clock)
    sys.modules["time"] = board_time
    return board_time
