# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import io
import unittest

from sim.device.clock import Clock
from sim.device.sensor import POISON, Sensor

PROFILES = {
    "a": {"size": "VGA", "fps": 10, "fb_bytes": 100},
    "b": {"size": "VGA", "fps": 5, "fb_bytes": 100},
    "lapse": {"size": "XGA", "fps": 10, "fb_bytes": 100, "every_s": 10},
    "tiny": {"size": "QVGA", "fps": 10, "fb_bytes": 40},
}


class FakeReel:
    """Frames of 50 bytes, whose comment is where a real one's is."""

    frames = 4

    def of(self, profile):
        return 0, self.frames

    def size(self, index):
        return 50

    def read(self, index, view):
        for i in range(50):
            view[i] = index
        for i in range(13, 22):
            view[i] = 48


def number_in(view):
    return int(bytes(view[13:22]))


class TestSensor(unittest.TestCase):
    def setUp(self):
        self.make()

    def make(self, choice="a", produced=0):
        self.clock, self.truth = Clock(0, 0), io.StringIO()
        self.sensor = Sensor(PROFILES, choice, 2, FakeReel(), self.clock, self.truth, 3, produced)

    def fates(self):
        rows = [line.split(" ") for line in self.truth.getvalue().split("\n") if line]
        return sorted((int(row[0]), row[5]) for row in rows)

    def run_for(self, periods):
        self.clock.advance_us(periods * 100_000)

    def take_all(self):
        found = []
        while self.sensor.available():
            found.append(number_in(self.sensor.capture(4000)))
        return found

    def test_frames_come_at_the_rate_of_the_profile(self):
        self.sensor.start("VGA", 2, False)
        seen = []
        for _ in range(4):
            seen.append((number_in(self.sensor.capture(4000)), self.clock.now_us))
        self.assertEqual(seen, [(0, 100_000), (1, 200_000), (2, 300_000), (3, 400_000)])
        self.assertEqual(self.truth.getvalue().split("\n")[:2], ["0 3 100 0 50 captured", "1 3 200 1 50 captured"])

    def test_the_worlds_profile_comes_first(self):
        self.make("b")
        self.sensor.start("VGA", 2, False)
        self.sensor.capture(4000)
        self.assertEqual(self.clock.now_us, 200_000)

    def test_an_unknown_size_gives_no_picture(self):
        with self.assertRaises(OSError):
            self.sensor.start("UXGA", 2, False)

    def test_of_a_time_lapse_none_but_the_pictures_count(self):
        self.sensor.start("XGA", 2, True)
        self.run_for(6)
        taken = number_in(self.sensor.capture(4000))
        self.sensor.release()
        self.run_for(1)
        self.sensor.stop()
        self.assertEqual((taken, self.fates()), (5, [(5, "captured")]))

    def test_when_empty_keeps_the_oldest(self):
        self.sensor.start("VGA", 2, False)
        self.run_for(5)
        self.assertEqual(self.take_all(), [0, 1])
        self.sensor.release()
        # The frame that was under way when the buffers became free is lost as a whole, too.
        self.run_for(2)
        self.assertEqual(self.take_all(), [6])
        lost = [(n, "dropped:overflow") for n in (2, 3, 4, 5)]
        self.assertEqual(self.fates(), [(0, "captured"), (1, "captured")] + lost + [(6, "captured")])

    def test_latest_keeps_the_newest(self):
        self.sensor.start("VGA", 2, True)
        self.run_for(5)
        self.assertEqual(self.take_all(), [4])

    def test_one_buffer_gives_every_second_frame(self):
        self.sensor.start("VGA", 1, False)
        seen = []
        for _ in range(3):
            seen.append(number_in(self.sensor.capture(4000)))
            self.clock.advance_us(1000)
            self.sensor.release()
        self.assertEqual(seen, [0, 2, 4])

    def test_a_released_view_is_poisoned(self):
        self.sensor.start("VGA", 2, False)
        view = self.sensor.capture(4000)
        self.sensor.release()
        self.assertEqual((view[0], view[1], view[49]), (POISON, POISON, POISON))

    def test_a_frame_that_does_not_fit_is_lost(self):
        self.sensor.start("QVGA", 2, False)
        self.run_for(3)
        self.assertEqual(self.take_all(), [])
        self.assertEqual(self.fates(), [(n, "dropped:too_large") for n in range(3)])

    def test_time_out(self):
        self.sensor.start("VGA", 2, False)
        self.assertEqual(self.sensor.capture(50), None)
        self.assertEqual(self.clock.now_us, 50_000)

    def test_what_nobody_took_is_lost(self):
        self.sensor.start("VGA", 2, False)
        self.run_for(3)
        self.sensor.stop()
        self.assertEqual(self.fates(), [(0, "lost:uncollected"), (1, "lost:uncollected"), (2, "dropped:overflow")])

    def test_numbers_go_on_over_boots(self):
        self.make(produced=41)
        self.sensor.start("VGA", 2, False)
        self.assertEqual(number_in(self.sensor.capture(4000)), 41)
        self.assertEqual(self.truth.getvalue(), "41 3 100 1 50 captured\n")


if __name__ == "__main__":
    unittest.main()
