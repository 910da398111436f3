# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Keeps tasks alive and the watchdog fed only while the vital ones make progress.

An exception in one task is logged and the task restarted with back-off; it never
reaches another task. A vital task must call `beat(name)`: when it stops doing so the
watchdog is no longer fed, and the reset that follows is the cure.
"""

import asyncio

from firmware.compat import sleep_ms, ticks_diff, ticks_ms

FIRST_PAUSE_MS = 500
LONGEST_PAUSE_MS = 60_000
SILENCE_MS = 15_000  # a vital task that has not beaten for so long hangs


class Supervisor:
    def __init__(self, health, watchdog, watchdog_ms):
        self._health = health
        self._watchdog = watchdog
        self._watchdog_ms = watchdog_ms
        self._tasks = {}
        self._beats = {}
        self._reported = None

    def start(self, name, make_coroutine, vital=False):
        """Run `make_coroutine()` for ever; a return ends it for good, an exception restarts it."""
        if vital:
            self.beat(name)
        self._tasks[name] = asyncio.create_task(self._keep(name, make_coroutine))

    def beat(self, name):
        self._beats[name] = ticks_ms()

    def retire(self, name):
        """The task has ended as it should: do not expect its beat."""
        self._beats.pop(name, None)

    async def _keep(self, name, make_coroutine):
        pause_ms = FIRST_PAUSE_MS
        while True:
            started = ticks_ms()
            try:
                await make_coroutine()
                return self.retire(name)
            except Exception as error:  # noqa: BLE001  whatever a task raises stays its own
                self._health.count("task_restarts")
                self._health.event("task", "%s failed: %r; it starts again" % (name, error), "error")
            if ticks_diff(ticks_ms(), started) > LONGEST_PAUSE_MS:
                pause_ms = FIRST_PAUSE_MS
            await sleep_ms(pause_ms)
            pause_ms = min(2 * pause_ms, LONGEST_PAUSE_MS)

    def silent(self):
        """Names of vital tasks that have stopped making progress."""
        now = ticks_ms()
        return [name for name, beat in self._beats.items() if ticks_diff(now, beat) > SILENCE_MS]

    async def guard(self):
        """Feed the watchdog while nobody is silent."""
        self._watchdog.start(self._watchdog_ms)
        while True:
            hanging = self.silent()
            if not hanging:
                self._watchdog.feed()
            elif hanging != self._reported:
                self._health.event("watchdog", "%s hangs; the watchdog will reset" % ", ".join(hanging), "error")
            self._reported = hanging
            await sleep_ms(1000)

    async def stop(self, name):
        """Cancel a task and wait until it is gone."""
        task = self._tasks.pop(name, None)
        self.retire(name)
        if task is not None:
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
