# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`machine.Timer`, but for which of them there are: that is the port's."""


def make_timer(clock):
    """The class without a constructor's checks."""

    class Timer:
        """Its callback comes whenever time passes, also in the middle of somebody's sleep: as the scheduler's does on a board."""

        ONE_SHOT, PERIODIC = 0, 1

        def __init__(self, id):
            self._alarm = None

        def init(self, *, mode=PERIODIC, period, callback):
            self.deinit()
            self._period_us, self._callback, self._again = period * 1000, callback, mode == Timer.PERIODIC
            self._arm()

        def deinit(self):
            clock.cancel(self._alarm)
            self._alarm = None

        def _arm(self):
            self._alarm = clock.at(clock.now_us + self._period_us, self._ring)

        def _ring(self):
            if self._again:
                self._arm()
            self._callback(self)

    return Timer
