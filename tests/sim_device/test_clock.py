# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from sim.device.clock import NEVER_US, Clock


class TestClock(unittest.TestCase):
    def setUp(self):
        self.clock = Clock(1_000, 5_000_000)
        self.rung = []

    def ring(self, name):
        return lambda: self.rung.append((name, self.clock.now_us))

    def test_alarms_ring_at_their_own_time_in_order(self):
        self.clock.at(3_000, self.ring("late"))
        self.clock.at(2_000, self.ring("first"))
        self.clock.at(2_000, self.ring("second"))
        self.clock.advance_us(1_500)
        self.assertEqual(self.rung, [("first", 2_000), ("second", 2_000)])
        self.assertEqual((self.clock.now_us, self.clock.next_alarm_us()), (2_500, 3_000))

    def test_an_alarm_at_the_target_rings(self):
        self.clock.at(2_000, self.ring("now"))
        self.clock.advance_to(2_000)
        self.assertEqual(self.rung, [("now", 2_000)])

    def test_an_alarm_set_by_an_alarm_rings_in_the_same_advance(self):
        self.clock.at(2_000, lambda: self.clock.at(2_100, self.ring("chained")))
        self.clock.advance_us(5_000)
        self.assertEqual(self.rung, [("chained", 2_100)])

    def test_an_alarm_in_the_past_rings_at_the_next_move(self):
        self.clock.at(10, self.ring("missed"))
        self.clock.advance_us(0)
        self.assertEqual(self.rung, [("missed", 1_000)])

    def test_move_and_cancel(self):
        dog = self.clock.at(2_000, self.ring("dog"))
        cat = self.clock.at(2_000, self.ring("cat"))
        self.clock.move(dog, 4_000)
        self.clock.cancel(cat)
        self.clock.cancel(cat)
        self.clock.advance_to(9_000)
        self.assertEqual(self.rung, [("dog", 4_000)])
        self.assertEqual(self.clock.next_alarm_us(), NEVER_US)

    def test_waking_twice_at_one_moment_is_one_alarm(self):
        for _ in range(3):
            self.clock.wake_at(7_000)
        self.clock.advance_to(7_000)
        self.assertEqual(self.clock.next_alarm_us(), NEVER_US)

    def test_uptime_and_utc(self):
        self.clock.advance_us(2_500)
        self.assertEqual((self.clock.uptime_us(), self.clock.unix_ms(), self.clock.unix_ms(9_000)), (2_500, 5_000_003, 5_000_009))


if __name__ == "__main__":
    unittest.main()
