# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from firmware.timekeeper import Timekeeper, civil, compact, iso

UTC_MS = 1_795_435_200_000  # 2026-11-23T12:00:00Z


class Ticks:
    now = 0

    def __call__(self):
        return self.now


def keeper_at(ticks_ms=0):
    ticks = Ticks()
    ticks.now = ticks_ms
    return Timekeeper(7, ticks), ticks


class TimekeeperTest(unittest.TestCase):
    def test_uptime_counts_from_boot(self):
        keeper, ticks = keeper_at(5000)
        ticks.now = 6500
        self.assertEqual(keeper.uptime_ms(), 1500)

    def test_utc_is_unknown_until_learnt(self):
        keeper, ticks = keeper_at()
        ticks.now = 250
        self.assertEqual((keeper.utc_known, keeper.unix_ms(), keeper.generation), (False, 0, 0))

    def test_each_news_of_utc_is_told(self):
        told = []
        keeper = Timekeeper(7, Ticks(), told.append)
        for unix_ms in (UTC_MS + 999, UTC_MS + 1000, UTC_MS + 5000):
            keeper.set_utc(unix_ms, "ntp")
        self.assertEqual(told, [UTC_MS // 1000, UTC_MS // 1000 + 5])

    def test_utc_moves_on_with_the_ticks(self):
        keeper, ticks = keeper_at()
        ticks.now = 1000
        self.assertTrue(keeper.set_utc(UTC_MS, "ntp"))
        ticks.now = 3000
        self.assertEqual((keeper.unix_ms(), keeper.offset_ms, keeper.source, keeper.generation), (UTC_MS + 2000, UTC_MS - 1000, "ntp", 1))

    def test_jitter_is_not_a_new_mapping_but_a_step_is(self):
        keeper, _ = keeper_at()
        keeper.set_utc(UTC_MS, "ntp")
        seen = [(keeper.set_utc(UTC_MS + by, "ntp"), keeper.generation) for by in (49, -49, 50, -3_600_000)]
        self.assertEqual(seen, [(False, 1), (False, 1), (True, 2), (True, 3)])

    def test_a_wrong_clock_can_be_stepped_back_to_the_first_mapping(self):
        keeper, _ = keeper_at()
        keeper.set_utc(UTC_MS, "rtc")
        keeper.set_utc(UTC_MS + 60_000, "console")
        self.assertTrue(keeper.set_utc(UTC_MS, "ntp"))
        self.assertEqual((keeper.unix_ms(), keeper.source), (UTC_MS, "ntp"))

    def test_the_clock_chip_is_believed_if_it_can_be_right_and_remembered_in_any_case(self):
        found = []
        for shows_ms in (0, 946_684_800_300, UTC_MS):
            keeper, ticks = keeper_at()
            ticks.now = 300
            keeper.read_rtc(shows_ms)
            found.append((keeper.rtc_boot_ms, keeper.source, keeper.unix_ms()))
        self.assertEqual(found, [(0, "", 0), (946_684_800_000, "", 0), (UTC_MS - 300, "rtc", UTC_MS)])

    def test_the_clock_chip_is_not_set_to_what_it_has_said_itself(self):
        told = []
        keeper = Timekeeper(7, Ticks(), told.append)
        keeper.read_rtc(UTC_MS)
        keeper.set_utc(UTC_MS + 4000, "ntp")
        self.assertEqual(told, [UTC_MS // 1000 + 4])


class CivilTest(unittest.TestCase):
    def test_dates_round_leap_days_and_centuries(self):
        cases = [
            (0, (1970, 1, 1, 0, 0, 0)),
            (951_782_399, (2000, 2, 28, 23, 59, 59)),
            (951_782_400, (2000, 2, 29, 0, 0, 0)),
            (1_709_251_199, (2024, 2, 29, 23, 59, 59)),
            (4_107_542_400, (2100, 3, 1, 0, 0, 0)),
            (-1, (1969, 12, 31, 23, 59, 59)),
        ]
        self.assertEqual([civil(unix_s) for unix_s, _ in cases], [date for _, date in cases])

    def test_written_forms(self):
        self.assertEqual((iso(UTC_MS + 999), compact(UTC_MS // 1000)), ("2026-11-23T12:00:00Z", "20261123T120000Z"))
