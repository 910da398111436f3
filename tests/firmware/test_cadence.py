# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The cadence against a camera of known frames: stamps, phase, and how many were missed."""

import unittest

from firmware.cadence import CREEP_MS, LOOK_AGAIN_MS, MOST_WAITING, Cadence

FPS, PERIOD_MS = 10, 100


class Scene:
    """A camera with two buffers, looked at when the cadence says so; `blind` are stretches in which nobody looks."""

    def __init__(self, phase_ms=37, fps=FPS, blind=(), period_ms=PERIOD_MS):
        self.cadence = Cadence(1_000_000 // fps)
        self.cadence.restart(0)
        self._phase_ms, self._period_ms, self._blind = phase_ms, period_ms, blind
        self._produced = 0
        self._waiting = []  # when they were ready
        self.taken = []  # (true time, stamp)
        self.missed = self.dropped = 0

    def play(self, until_ms):
        now_ms = 0
        while now_ms < until_ms:
            self._produce(now_ms)
            if self._waiting:
                self.cadence.arrived(now_ms)
                self.taken.append((self._waiting.pop(0), self.cadence.stamp_ms))
                self.missed += self.cadence.missed
            else:
                self.cadence.wait(now_ms)
            now_ms = max(now_ms + 1, self.cadence.due_ms)
            for from_ms, to_ms in self._blind:
                if from_ms <= now_ms < to_ms:
                    now_ms = to_ms
        return self

    def _produce(self, now_ms):
        while self._phase_ms + self._produced * self._period_ms <= now_ms:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(self._phase_ms + self._produced * self._period_ms)
            else:
                self.dropped += 1
            self._produced += 1

    def errors_ms(self):
        return [stamp_ms - true_ms for true_ms, stamp_ms in self.taken]

    def steps_ms(self):
        return [later[1] - earlier[1] for earlier, later in zip(self.taken, self.taken[1:])]


class CadenceTest(unittest.TestCase):
    def test_a_frame_is_stamped_when_it_arrives_whatever_the_phase(self):
        for phase_ms in range(0, PERIOD_MS, 7):
            scene = Scene(phase_ms).play(20_000)
            late = scene.errors_ms()
            self.assertEqual((scene.missed, scene.dropped, len(late)), (0, 0, 200), phase_ms)
            self.assertTrue(min(late) >= -CREEP_MS and max(late) <= LOOK_AGAIN_MS, (phase_ms, min(late), max(late)))

    def test_every_frame_rate_is_followed(self):
        for fps in (1, 2, 5, 15, 20, 25):
            scene = Scene(11, fps, period_ms=1_000 // fps).play(20_000)
            late = scene.errors_ms()
            self.assertEqual((scene.missed, scene.dropped), (0, 0), fps)
            self.assertTrue(max(late) <= LOOK_AGAIN_MS, (fps, max(late)))

    def test_a_camera_that_runs_a_little_fast_or_slow_is_followed(self):
        for period_ms in (97, 99, 101, 103):
            scene = Scene(period_ms=period_ms).play(60_000)
            late = scene.errors_ms()
            self.assertEqual((scene.missed, scene.dropped), (0, 0), period_ms)
            self.assertTrue(max(late) <= 2 * CREEP_MS, (period_ms, max(late)))

    def test_what_waited_is_stamped_one_period_after_the_one_before(self):
        scene = Scene(blind=[(1_000, 1_180)]).play(3_000)
        self.assertEqual((scene.missed, scene.dropped), (0, 0))
        self.assertTrue(all(PERIOD_MS - 10 <= step_ms <= PERIOD_MS + 10 for step_ms in scene.steps_ms()), scene.steps_ms())

    def test_what_the_buffers_could_not_hold_is_counted_exactly(self):
        for blind_ms in range(150, 390, 20):
            scene = Scene(blind=[(1_000, 1_000 + blind_ms)]).play(5_000)
            self.assertEqual(scene.missed, scene.dropped, blind_ms)

    def test_it_is_counted_also_while_nobody_ever_looks_in_time(self):
        blind = [(at_ms, at_ms + 290) for at_ms in range(1_000, 20_000, 300)]
        scene = Scene(blind=blind).play(25_000)
        self.assertTrue(scene.dropped > 40, scene.dropped)
        self.assertEqual(scene.missed, scene.dropped)

    def test_stamps_never_go_back_and_are_never_off_by_more_than_one_period(self):
        scene = Scene(blind=[(1_000, 1_350), (2_000, 2_050), (3_000, 3_390), (4_010, 4_170)]).play(8_000)
        self.assertTrue(min(scene.steps_ms()) > 0, scene.steps_ms())
        self.assertTrue(max(scene.errors_ms()) <= PERIOD_MS, scene.errors_ms())

    def test_silence_is_counted_from_the_start_and_from_the_last_frame(self):
        cadence = Cadence(1_000_000 // FPS)
        cadence.restart(1_000)
        before = cadence.overdue_ms(7_000)
        cadence.wait(7_000)
        cadence.arrived(7_002)
        self.assertEqual((before, cadence.overdue_ms(7_002), cadence.overdue_ms(9_002)), (5_900, -100, 1_900))

    def test_after_a_pause_nothing_is_owed(self):
        cadence = Cadence(1_000_000 // FPS)
        cadence.restart(0)
        cadence.wait(0)
        cadence.arrived(2)
        cadence.restart(60_000)
        cadence.wait(60_040)
        cadence.arrived(60_042)
        self.assertEqual((cadence.missed, cadence.stamp_ms, cadence.due_ms), (0, 60_042, 60_141))


if __name__ == "__main__":
    unittest.main()
