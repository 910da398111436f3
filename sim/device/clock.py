# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board's clock: time moves only when something asks it to.

    clock = Clock(now_us=0, utc_at_zero_ms=1767254400000)
    clock.at(2_000_000, cut_the_power)
    clock.advance_us(3_000_000)        # stops at 2 s, calls, goes on

In real time the same calls wait for the host's clock instead of jumping.
"""

import time

NEVER_US = 1 << 60


def _real_us():
    return time.ticks_us()


class Clock:
    """Microseconds since the simulation's zero; `boot_us` is when this boot began."""

    def __init__(self, now_us, utc_at_zero_ms, realtime=False):
        self.now_us = self.boot_us = now_us
        self.utc_at_zero_ms = utc_at_zero_ms
        self.realtime = realtime
        self._alarms = []  # [due_us, serial, callback], the soonest last; the serial makes each one unlike all others
        self._serial = 0
        self._behind_us = _real_us() - now_us if realtime else 0

    # -- alarms --------------------------------------------------------------------------

    def at(self, due_us, callback):
        """Call back when the time has come; returns a handle for `move` and `cancel`."""
        self._serial += 1
        alarm = [max(due_us, self.now_us), self._serial, callback]
        self._insert(alarm)
        return alarm

    def wake_at(self, due_us):
        """Make the clock stop at a moment, so that those who wait look again."""
        for alarm in self._alarms:
            if alarm[0] == due_us and alarm[2] is _nothing:
                return
        self.at(due_us, _nothing)

    def move(self, alarm, due_us):
        """Put off an alarm that has not rung yet; as cheap as it looks, for a watchdog is fed often."""
        self._alarms.remove(alarm)
        alarm[0] = due_us
        self._insert(alarm)

    def cancel(self, alarm):
        """Forget an alarm; it may have rung already."""
        if alarm in self._alarms:
            self._alarms.remove(alarm)

    def _insert(self, alarm):
        # Alarms due at the same moment ring in the order they were set, so they are kept in the opposite one.
        alarms, at = self._alarms, len(self._alarms)
        while at and alarms[at - 1][0] <= alarm[0]:
            at -= 1
        alarms.insert(at, alarm)

    def next_alarm_us(self):
        return self._alarms[-1][0] if self._alarms else NEVER_US

    # -- time ----------------------------------------------------------------------------

    def advance_us(self, duration_us):
        self.advance_to(self.now_us + duration_us)

    def advance_to(self, target_us):
        """Move to a moment, ringing every alarm on the way, each at its own time."""
        alarms = self._alarms
        while alarms and alarms[-1][0] <= target_us:
            due_us, _, callback = alarms.pop()
            self._reach(due_us)
            callback()
        if self.realtime:
            self._reach(target_us)
        elif target_us > self.now_us:
            self.now_us = target_us

    def _reach(self, target_us):
        if self.realtime:
            ahead_us = target_us - self._host_us()
            if ahead_us > 0:
                time.sleep_us(ahead_us)
            target_us = max(target_us, self._host_us())
        if target_us > self.now_us:
            self.now_us = target_us

    def _host_us(self):
        return _real_us() - self._behind_us

    def follow(self):
        """In real time, catch up with the host's clock; virtual time stays where it is."""
        if self.realtime:
            self.advance_to(max(self.now_us, self._host_us()))

    def uptime_us(self):
        if self.realtime:
            self.follow()
        return self.now_us - self.boot_us

    def unix_ms(self, at_us=None):
        """What a perfect clock would show, now or at a moment."""
        return self.utc_at_zero_ms + (self.now_us if at_us is None else at_us) // 1000


def _nothing():
    """What an alarm does whose only purpose is that the clock stops."""
