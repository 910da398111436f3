# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board's clock: time moves only when something asks it to.

    clock = Clock(now_us=0)
    clock.at(2_000_000, cut_the_power)
    clock.advance_us(3_000_000)        # stops at 2 s, calls, goes on

In real time the same calls wait for the host's clock instead of jumping.
"""

import time

NEVER_US = 1 << 60


class Clock:
    """Microseconds since the simulation's zero; `boot_us` is when this boot began."""

    def __init__(self, now_us, utc_at_zero_ms, realtime=False):
        self.now_us = self.boot_us = now_us
        self.utc_at_zero_ms = utc_at_zero_ms
        self.realtime = realtime
        self._alarms = []  # [due_us, serial, callback], soonest last
        self._serial = 0
        self._real_zero_us = time.ticks_us() - now_us

    def at(self, due_us, callback):
        """Call back when the time has come; returns a handle for `cancel`."""
        self._serial += 1
        alarm = [max(due_us, self.now_us), self._serial, callback]
        self._alarms.append(alarm)
        self._alarms.sort(key=lambda a: (-a[0], -a[1]))
        return alarm

    def cancel(self, alarm):
        if alarm in self._alarms:
            self._alarms.remove(alarm)

    def next_alarm_us(self):
        return self._alarms[-1][0] if self._alarms else NEVER_US

    def advance_us(self, duration_us):
        self.advance_to(self.now_us + duration_us)

    def advance_to(self, target_us):
        """Move to a moment, ringing every alarm on the way, each at its own time."""
        alarms = self._alarms
        while alarms and alarms[-1][0] <= target_us:
            due_us, _, callback = alarms.pop()
            self._reach(due_us)
            callback()
        self._reach(target_us)

    def _reach(self, target_us):
        if self.realtime:
            ahead_us = target_us - self._real_now_us()
            if ahead_us > 0:
                time.sleep_us(ahead_us)
            target_us = max(target_us, self._real_now_us())
        if target_us > self.now_us:
            self.now_us = target_us

    def _real_now_us(self):
        return time.ticks_diff(time.ticks_us(), self._real_zero_us)

    def follow(self):
        """In real time, catch up with the host's clock; virtual time stays where it is."""
        if self.realtime:
            self.advance_to(max(self.now_us, self._real_now_us()))

    def uptime_us(self):
        self.follow()
        return self.now_us - self.boot_us

    def unix_ms(self):
        """What a perfect clock would show."""
        return self.utc_at_zero_ms + self.now_us // 1000
