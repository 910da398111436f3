# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A watchdog of any length over the chip's own, which counts to 8.4 seconds at most (machine_wdt.c of MicroPython 1.27).

A timer feeds the chip's while the time that was asked for is far from over. Its callback comes between two bytecodes: a call
of the vendor's that never returns stops that too, and the reset comes all the sooner.
"""

import machine

LONGEST_MS = 8000
TICK_MS = 1000
LAST_CALL_MS = 5000  # before the reset


def _nobody():
    """Has the last call before somebody is named."""


class Watchdog:
    def __init__(self):
        self._wdt = None
        self._timer = machine.Timer(-1)  # of software: this port has no others
        self._last_call = _nobody
        self._timeout_ms = self._left_ms = 0

    def start(self, timeout_ms, last_call=None):
        self._wdt = machine.WDT(timeout=min(timeout_ms, LONGEST_MS))
        self._timeout_ms = timeout_ms
        self._last_call = last_call or _nobody
        self._timer.init(mode=machine.Timer.PERIODIC, period=TICK_MS, callback=self._tick)
        self.feed()

    def feed(self):
        if self._wdt is not None:
            self._wdt.feed()
            self._left_ms = self._timeout_ms

    def _tick(self, _timer):
        self._left_ms -= TICK_MS
        if self._left_ms >= LONGEST_MS:  # later on nobody feeds the chip's own
            self._wdt.feed()
        if LAST_CALL_MS - TICK_MS < self._left_ms <= LAST_CALL_MS:
            self._last_call()
