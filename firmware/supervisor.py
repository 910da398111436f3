# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Keeps tasks alive, and the watchdog fed only while the vital ones make progress.

    supervisor = Supervisor(health, board.watchdog, 30_000, last_words.hangs)
    supervisor.start("watchdog", supervisor.guard)
    supervisor.start("recorder", recorder.run, vital=True)
    supervisor.start("uploader", uploader.run, patience_ms=900_000)

An exception in one task is logged and the task restarted with back-off; it never reaches another task. A vital
task must call `beat(name)`: when it stops doing so the watchdog is no longer fed, and the reset that follows is the
cure. A task with patience that awaits for longer than that is cancelled and started again; a reset would cost footage.
"""

import asyncio

from firmware.compat import sleep_ms, ticks_diff, ticks_ms

FIRST_PAUSE_MS = 500
LONGEST_PAUSE_MS = 60_000
SILENCE_MS = 15_000  # a vital task that has not beaten for so long hangs
GUARD_MS = 1_000
AGAIN_S = 1


class Supervisor:
    """`last_call(names)` hears who hangs just before the watchdog resets."""

    def __init__(self, health, watchdog, watchdog_ms, last_call=lambda names: None):
        self._health = health
        self._watchdog = watchdog
        self._watchdog_ms = watchdog_ms
        self._last_call = last_call
        self._tasks = {}
        self._beats = {}  # of the vital ones
        self._patient = {}  # name: its Steps, what makes it, and the patience
        self._reported = []
        self._guarded = ticks_ms()

    def start(self, name, make_coroutine, vital=False, patience_ms=0):
        """Run `make_coroutine()` for ever; a return ends it for good, an exception restarts it."""
        coroutine = self._keep(name, make_coroutine)
        if vital:
            self.beat(name)
        if patience_ms:
            coroutine = Steps(coroutine)
            self._patient[name] = (coroutine, make_coroutine, patience_ms)
        self._tasks[name] = asyncio.create_task(coroutine)

    def beat(self, name):
        self._beats[name] = ticks_ms()

    def retire(self, name):
        """The task has ended as it should: expect nothing of it."""
        self._beats.pop(name, None)
        self._patient.pop(name, None)

    async def _keep(self, name, make_coroutine):
        pause_ms = FIRST_PAUSE_MS
        while True:
            started = ticks_ms()
            try:
                await make_coroutine()
                return self.retire(name)
            except Exception as error:  # noqa: BLE001  whatever a task raises stays its own
                self._tell(name, error)
            if ticks_diff(ticks_ms(), started) > LONGEST_PAUSE_MS:
                pause_ms = FIRST_PAUSE_MS
            await sleep_ms(pause_ms)
            pause_ms = min(2 * pause_ms, LONGEST_PAUSE_MS)

    def _tell(self, name, error):
        try:
            self._health.count("task_restarts")
            self._health.event("task", "%s failed: %r; it starts again" % (name, error), "error")
        except MemoryError:  # no room for words: that it starts again is what matters
            pass

    # -- who hangs -----------------------------------------------------------------------

    async def guard(self):
        """Feed the watchdog while no vital task is silent; start anew what has lost its way."""
        self._watchdog.start(self._watchdog_ms, self._call_last)
        while True:
            self._guarded = ticks_ms()
            silent = self.silent()
            if not silent:
                self._watchdog.feed()
            elif silent != self._reported:
                self._health.event("watchdog", "%s hangs; the watchdog will reset" % ", ".join(silent), "error")
            self._reported = silent
            self._start_lost_ones()
            await sleep_ms(GUARD_MS)

    def silent(self):
        """Names of vital tasks that have stopped making progress."""
        now = ticks_ms()
        return [name for name, beat in self._beats.items() if ticks_diff(now, beat) > SILENCE_MS]

    def _start_lost_ones(self):
        now = ticks_ms()
        for name, (steps, make_coroutine, patience_ms) in list(self._patient.items()):
            if ticks_diff(now, steps.last) > patience_ms:
                self._health.count("task_restarts")
                self._health.event("task", "%s has done nothing for %d s; it starts again" % (name, patience_ms // 1000), "error")
                self._tasks[name].cancel()
                self.start(name, make_coroutine, patience_ms=patience_ms)

    def _call_last(self):
        """Between two bytecodes of whoever runs: if not even the guard gets its turn, that one is to blame."""
        starved = ticks_diff(ticks_ms(), self._guarded) > 2 * GUARD_MS
        self._last_call(self._running() if starved else ", ".join(self.silent()))

    def _running(self):
        current = asyncio.current_task()
        for name, task in self._tasks.items():
            if task is current:
                return name
        return "a command of the console"  # the only tasks that are not started here

    # -- the end -------------------------------------------------------------------------

    async def stop(self, name):
        """Cancel a task and wait until it is gone.

        It is cancelled again if it does not end: wait_for of CPython before 3.12 forgets a cancel that comes with what it waits for.
        """
        task = self._tasks.pop(name, None)
        self.retire(name)
        if task is not None:
            task.cancel()
            try:
                await asyncio.wait_for(task, AGAIN_S)
            except (asyncio.CancelledError, asyncio.TimeoutError):
                pass


class Steps:
    """A coroutine, and the `last` time it was given a turn. CPython takes nothing for one that lacks a method of these."""

    def __init__(self, coroutine):
        self._coroutine = coroutine
        self.last = ticks_ms()

    def send(self, value):
        self.last = ticks_ms()
        return self._coroutine.send(value)

    def throw(self, *error):
        return self._coroutine.throw(*error)

    def close(self):
        self._coroutine.close()

    def __await__(self):
        return self
