# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import os
import unittest

from sim.device.clock import Clock
from sim.device.rtc import EPOCH_S, Rtc

PATH = "/tmp/daylog-rtc-test.json"
EPOCH_US, DAY_US = EPOCH_S * 1_000_000, 86_400_000_000


class TestRtc(unittest.TestCase):
    def setUp(self):
        open(PATH, "w").close()

    def tearDown(self):
        os.remove(PATH)

    def boot(self, at_us, power_was_off, **about):
        about["file"] = PATH
        clock = Clock(at_us, 0)
        return clock, Rtc(about, clock, power_was_off)

    def test_it_starts_at_its_epoch_and_drifts(self):
        clock, rtc = self.boot(5_000_000, True, drift_ppm=20)
        clock.advance_us(DAY_US)
        self.assertEqual(rtc.unix_us(), EPOCH_US + DAY_US + 1_728_000)

    def test_what_it_was_set_to_outlives_a_reset_and_with_a_cell_a_cut(self):
        _, rtc = self.boot(0, True)
        rtc.set_us(EPOCH_US + 7 * DAY_US)
        found = []
        for power_was_off, present in ((False, False), (True, True), (True, False)):
            _, rtc = self.boot(DAY_US, power_was_off, present=present)
            found.append((rtc.unix_us() - EPOCH_US) // DAY_US)
        self.assertEqual(found, [8, 8, 0])

    def test_a_board_without_a_file_has_one_too(self):
        clock = Clock(0, 0)
        rtc = Rtc(None, clock, False)
        rtc.set_us(1_000)
        clock.advance_us(50)
        self.assertEqual(rtc.unix_us(), 1_050)


if __name__ == "__main__":
    unittest.main()
