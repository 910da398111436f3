# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The supervisor in virtual time: restarts, back-off, silence, and who has the last call."""

import asyncio
import unittest

from virtual_clock import VirtualClock

from firmware import supervisor
from firmware.backoff import wait_ms
from firmware.supervisor import FIRST_PAUSE_MS, LONGEST_PAUSE_MS, SILENCE_MS, Supervisor


class FakeHealth:
    def __init__(self):
        self.told = []
        self.counters = {}

    def count(self, name, n=1):
        self.counters[name] = self.counters.get(name, 0) + n

    def event(self, kind, text, level="info", data=None):
        self.told.append(text)


class FakeWatchdog:
    def __init__(self, clock):
        self._clock = clock
        self.fed = []

    def start(self, timeout_ms, last_call):
        self.timeout_ms, self.last_call = timeout_ms, last_call

    def feed(self):
        self.fed.append(self._clock.now_ms)


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        self.clock = VirtualClock()
        self.real = supervisor.ticks_ms, supervisor.sleep_ms, supervisor.AGAIN_S
        supervisor.ticks_ms, supervisor.sleep_ms = self.clock.ticks_ms, self.clock.sleep_ms
        self.health, self.watchdog, self.last = FakeHealth(), FakeWatchdog(self.clock), []
        self.started = []
        self.supervisor = Supervisor(self.health, self.watchdog, 30_000, self.last.append)

    def tearDown(self):
        supervisor.ticks_ms, supervisor.sleep_ms, supervisor.AGAIN_S = self.real

    def play(self, *steps):
        """Run each step, an async function, in one event loop."""

        async def all_of_them():
            for step in steps:
                await step()

        asyncio.run(all_of_them())

    def until(self, at_ms):
        return lambda: self.clock.reach(at_ms)

    def starting(self, *args, **kwargs):
        async def start():
            self.supervisor.start(*args, **kwargs)

        return start

    def failing(self, *lives_ms):
        """A task that lives so long each time, and then fails; the last time it stays."""
        lives_ms = list(lives_ms)

        async def run():
            self.started.append(self.clock.now_ms)
            if not lives_ms:
                await asyncio.Event().wait()
            await self.clock.sleep_ms(lives_ms.pop(0))
            raise ValueError("a bad day")

        return run

    # -- restarts --------------------------------------------------------------------------

    def test_what_fails_starts_again_after_pauses_that_double(self):
        self.play(self.starting("link", self.failing(*[0] * 10)), self.until(300_000))
        pauses = [later - earlier for earlier, later in zip(self.started, self.started[1:])]
        doubled = [min(FIRST_PAUSE_MS << n, LONGEST_PAUSE_MS) for n in range(10)]
        self.assertEqual((pauses, self.health.counters), (doubled, {"task_restarts": 10}))

    def test_a_long_life_makes_the_pause_short_again(self):
        self.play(self.starting("link", self.failing(0, 0, LONGEST_PAUSE_MS + 1, 0)), self.until(300_000))
        back = 1_500 + LONGEST_PAUSE_MS + 1 + FIRST_PAUSE_MS
        self.assertEqual(self.started, [0, 500, 1_500, back, back + 2 * FIRST_PAUSE_MS])

    def test_the_failure_is_told_in_words(self):
        self.play(self.starting("link", self.failing(0)), self.until(1_000))
        self.assertEqual(self.health.told, ["link failed: %r; it starts again" % ValueError("a bad day")])

    def test_no_room_for_words_stops_nothing(self):
        def no_room(*_):
            raise MemoryError

        self.health.event = no_room
        self.play(self.starting("link", self.failing(0)), self.until(1_000))
        self.assertEqual(self.started, [0, 500])

    def test_a_return_is_the_end(self):
        async def once():
            self.started.append(self.clock.now_ms)

        self.play(self.starting("console", once, vital=True), self.until(100_000))
        self.assertEqual((self.started, self.supervisor.silent(), self.health.told), ([0], [], []))

    def test_others_do_not_notice(self):
        async def tick():
            while True:
                self.started.append(self.clock.now_ms)
                await self.clock.sleep_ms(1_000)

        self.play(self.starting("light", tick), self.starting("bad", lambda: 1 / 0), self.until(3_500))
        self.assertEqual(self.started, [0, 1_000, 2_000, 3_000])

    def test_stop_ends_a_task_for_good(self):
        async def stop():
            await self.supervisor.stop("recorder")
            await self.supervisor.stop("nobody")

        self.play(self.starting("recorder", self.failing(), vital=True), self.until(1), stop, self.until(100_000))
        self.assertEqual((self.started, self.supervisor.silent()), ([0], []))

    def test_stop_ends_a_task_that_wakes_at_that_moment(self):
        """wait_for of CPython before 3.12 gives what was awaited then, and the cancel is forgotten."""
        woken, supervisor.AGAIN_S = asyncio.Event(), 0.001

        async def waiting():
            while True:
                await wait_ms(woken, 60_000)
                woken.clear()
                self.started.append(self.clock.now_ms)

        async def stop():
            woken.set()
            await self.supervisor.stop("uploader")

        self.play(self.starting("uploader", waiting), self.until(1), stop)
        self.assertTrue(len(self.started) < 2)

    # -- hanging ---------------------------------------------------------------------------

    def guarded(self):
        return self.starting("watchdog", self.supervisor.guard)

    def test_the_watchdog_is_fed_each_second_while_the_vital_beat(self):
        async def beat():
            while True:
                self.supervisor.beat("recorder")
                await self.clock.sleep_ms(SILENCE_MS)

        self.play(self.starting("recorder", beat, vital=True), self.guarded(), self.until(60_500))
        self.assertEqual((self.watchdog.timeout_ms, self.watchdog.fed, self.health.told), (30_000, list(range(0, 61_000, 1_000)), []))

    def test_it_is_not_fed_while_a_vital_task_is_silent(self):
        async def beat_again():
            self.supervisor.beat("recorder")

        steps = [self.starting("recorder", self.failing(), vital=True), self.guarded(), self.until(20_500), beat_again, self.until(22_500)]
        self.play(*steps)
        self.assertEqual(self.watchdog.fed, list(range(0, SILENCE_MS + 1_000, 1_000)) + [21_000, 22_000])
        self.assertEqual(self.health.told, ["recorder hangs; the watchdog will reset"])

    def test_the_silent_one_has_the_last_call(self):
        async def call():
            self.watchdog.last_call()

        self.play(self.starting("recorder", self.failing(), vital=True), self.guarded(), self.until(40_000), call)
        self.assertEqual(self.last, ["recorder"])

    def test_who_gives_nobody_a_turn_has_the_last_call(self):
        async def endless():
            await self.clock.sleep_ms(5_000)
            self.clock.now_ms += 25_000  # it computes; nobody else runs
            self.watchdog.last_call()

        self.play(
            self.starting("recorder", self.failing(), vital=True), self.guarded(), self.starting("uploader", endless), self.until(5_000)
        )
        self.assertEqual(self.last, ["uploader"])

    def test_a_task_that_nobody_started_here_is_the_consoles(self):
        async def hang():
            self.clock.now_ms += 25_000
            self.watchdog.last_call()

        self.play(self.guarded(), self.until(1_500), hang)
        self.assertEqual(self.last, ["a command of the console"])

    def test_who_waits_for_ever_starts_again_and_nobody_else(self):
        async def wait():
            self.started.append(self.clock.now_ms)
            await self.clock.sleep_ms(500)
            await asyncio.Event().wait()

        steps = [self.starting("uploader", wait, patience_ms=10_000), self.starting("clock", wait), self.guarded(), self.until(30_000)]
        self.play(*steps)
        self.assertEqual(self.started, [0, 0, 11_000, 22_000])
        self.assertEqual(self.health.told, ["uploader has done nothing for 10 s; it starts again"] * 2)


if __name__ == "__main__":
    unittest.main()
