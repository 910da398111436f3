# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where asyncio would sleep or poll, the simulation moves on instead.

Simulated streams (waitable.py) are asked directly: a real poll that holds a Python object costs a real
millisecond. Virtual time stands still while a real peer is being waited for; else it jumps to the next timer or alarm.
"""

import select
import time

from sim.device.clock import NEVER_US
from sim.device.waitable import POLLIN, POLLOUT, Waitable

MOST_TURNS = 200_000  # without any time passing
LOOK_MS = 10  # in real time, how often simulated streams are looked at
_SIMULATED = 3  # place in an entry
_ENDS = ((1, POLLOUT), (2, POLLIN))  # place in an entry, and the event that is of no interest there


class Deadlock(Exception):
    """Every task waits, and nothing can ever wake one."""


class Livelock(Exception):
    """A task polls with sleep_ms(0): virtual time never moves. Sleep until the event is due instead."""


class VirtualQueue:
    """In the place of asyncio's IOQueue. `map` is what asyncio's core looks at: is anybody waiting for a stream?"""

    def __init__(self, core, clock, patience_ms):
        self.map = []  # [stream, reading task, writing task, is simulated] in the order they came: no dict, its order is the host's
        self._core, self._clock = core, clock
        self._patience_ms = patience_ms  # how long a real peer may keep virtual time waiting
        self._turns, self._turns_us = 0, 0

    def queue_read(self, stream):
        self._enqueue(stream, 1)

    def queue_write(self, stream):
        self._enqueue(stream, 2)

    def _enqueue(self, stream, slot):
        for waiting in self.map:
            if waiting[0] is stream:
                break
        else:
            waiting = [stream, None, None, isinstance(stream, Waitable)]
            self.map.append(waiting)
        assert waiting[slot] is None, "two tasks wait for the same end of a stream"
        waiting[slot] = self._core.cur_task
        self._core.cur_task.data = self  # so that a cancel finds its way to `remove`

    def remove(self, task):
        """Forget a task that was cancelled."""
        for waiting in self.map:
            for slot in (1, 2):
                if waiting[slot] is task:
                    waiting[slot] = None
        self._tidy()

    def _tidy(self):
        for at in range(len(self.map) - 1, -1, -1):
            if self.map[at][1] is None and self.map[at][2] is None:
                self.map.pop(at)

    # -- waiting ---------------------------------------------------------------------------

    def wait_io_event(self, dt_ms):
        """What asyncio's core calls between tasks: 0 look only, > 0 until the next timer, < 0 until a task is woken."""
        woken = self._look(0) if self.map else False
        if woken or dt_ms == 0:
            return self._count_turn()
        self._wait(dt_ms)
        while dt_ms < 0 and self._core._task_queue.peek() is None:
            if not self._look(0):
                self._wait(dt_ms)

    def _wait(self, dt_ms):
        if self._clock.realtime:
            self._sleep_really(dt_ms)
        elif not self.map or not self._await_peers():
            self._sleep(dt_ms)

    def _count_turn(self):
        now_us = self._clock.now_us
        if self._turns_us != now_us:
            self._turns, self._turns_us = 0, now_us
        self._turns += 1
        if self._turns > MOST_TURNS and not self._clock.realtime:
            raise Livelock("%d turns at %d us" % (self._turns, self._turns_us))

    def _sleep(self, dt_ms):
        clock = self._clock
        alarm_us = clock.next_alarm_us()
        if self._core._task_queue.peek() is not None:
            due_us = clock.boot_us + ((clock.now_us - clock.boot_us) // 1000 + dt_ms) * 1000  # timers: at whole milliseconds of uptime
            return clock.advance_to(due_us if due_us < alarm_us else alarm_us)
        if not self.map:
            raise Deadlock("every task waits, and nothing can wake one")
        if alarm_us == NEVER_US:
            raise Deadlock("every task waits for a stream, and nothing more will happen")
        clock.advance_to(alarm_us)

    def _sleep_really(self, dt_ms):
        clock = self._clock
        longest_ms = LOOK_MS if self.map else 1000
        alarm_ms = (clock.next_alarm_us() - clock.now_us) // 1000 + 1
        wait_ms = min(longest_ms, alarm_ms, dt_ms if dt_ms > 0 else longest_ms)
        self._look(wait_ms)
        clock.follow()

    # -- streams ---------------------------------------------------------------------------

    def _look(self, wait_ms):
        """Wake the tasks whose streams are ready; real streams may be waited for. Whether any was."""
        woken, real = False, None
        for waiting in self.map:
            if waiting[_SIMULATED]:
                events = waiting[0].ready(_wanted(waiting))
                if events:
                    woken = self._wake(waiting, events) or woken
            else:
                real = real or select.poll()
                real.register(waiting[0], _wanted(waiting))
        if real is not None:
            woken = self._poll(real, 0 if woken else wait_ms) or woken
        elif wait_ms and not woken:
            time.sleep_ms(wait_ms)
        if woken:
            self._tidy()
        return woken

    def _poll(self, real, wait_ms):
        woken = False
        for stream, events in real.poll(wait_ms):
            for waiting in self.map:
                if waiting[0] is stream:
                    woken = self._wake(waiting, events) or woken
        return woken

    def _wake(self, waiting, events):
        """An error wakes both ends."""
        woken = False
        for slot, other in _ENDS:
            if events & ~other and waiting[slot] is not None:
                self._core._task_queue.push(waiting[slot])
                waiting[slot] = None
                woken = True
        return woken

    def _await_peers(self):
        """Stand still, in real time, until one of the real peers somebody waits for does something.
        Whether there was any to wait for; those who stay silent are given up on."""
        poll = None
        for waiting in self.map:
            events = _awaited(waiting)
            if events:
                poll = poll or select.poll()
                poll.register(waiting[0].peer(), events)
        if poll is not None and not poll.poll(self._patience_ms):
            for waiting in self.map:
                if _awaited(waiting):
                    waiting[0].give_up()
        return poll is not None


def _wanted(waiting):
    return (POLLIN if waiting[1] is not None else 0) | (POLLOUT if waiting[2] is not None else 0)


def _awaited(waiting):
    return waiting[0].awaited(_wanted(waiting)) if waiting[_SIMULATED] else 0
