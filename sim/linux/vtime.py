# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Virtual time on CPython: an event loop that moves the clock where it would wait, and what the firmware has of `time` and `signal`."""

import asyncio
import math
import selectors
import signal
from collections.abc import Callable
from typing import Any

from sim.device.clock import NEVER_US, Clock


class Selector(selectors.DefaultSelector):
    """Looks at what is really there, and lets virtual time pass only if that is nothing, and `settle()` finds nothing more to do now."""

    def __init__(self, clock: Clock, settle: Callable[[], bool]) -> None:
        super().__init__()
        self._clock, self._settle = clock, settle

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._settle():
            return []
        due_us = NEVER_US if timeout is None else self._clock.now_us + math.ceil(timeout * 1e6)
        self._clock.advance_to(min(due_us, self._clock.next_alarm_us()))
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock, settle: Callable[[], bool]) -> None:
        self._clock = clock
        super().__init__(Selector(clock, settle))

    def time(self) -> float:
        return self._clock.now_us / 1e6


class Time:
    """As much of the module `time` as firmware/ and hal/linux use."""

    CLOCK_REALTIME = 0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def monotonic_ns(self) -> int:
        return self._clock.uptime_us() * 1000

    def time(self) -> float:
        return self._clock.unix_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self._clock.advance_us(int(seconds * 1e6))

    def clock_settime(self, clock: int, seconds: float) -> None:
        raise PermissionError(1, "it is no service that may")


class Signal:
    """As much of `signal` as hal/linux uses: one alarm."""

    SIGALRM, ITIMER_REAL = signal.SIGALRM, signal.ITIMER_REAL

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._handler: Callable[[int, None], None] | None = None
        self._alarm: Any = None

    def signal(self, number: int, handler: Callable[[int, None], None]) -> None:
        self._handler = handler

    def setitimer(self, which: int, seconds: float) -> None:
        self._clock.cancel(self._alarm)
        self._alarm = self._clock.at(self._clock.now_us + int(seconds * 1e6), self._ring) if seconds else None

    def _ring(self) -> None:
        if self._handler:
            self._handler(self.SIGALRM, None)
