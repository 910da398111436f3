# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The governor and its forecast: what they decide in which situation."""

import unittest

from firmware import governor
from firmware.forecast import Forecast
from firmware.governor import RECORD, REST, SLEEP, Governor, Situation

HOUR_MS = 3_600_000
LOOK_MS = 10_000
PROFILES = {
    "rich": {"fps": 10, "expected_kb_per_frame": 30, "current_ma": 200},
    "plain": {"fps": 5, "expected_kb_per_frame": 20, "current_ma": 120},
    "lapse": {"fps": 1, "expected_kb_per_frame": 20, "current_ma": 60},
    "bigger": {"fps": 15, "expected_kb_per_frame": 30, "current_ma": 250},
}


def situation(**known):
    it = Situation()
    for name in known:
        setattr(it, name, known[name])
    return it


class TestForecast(unittest.TestCase):
    def test_without_findings_it_trusts_the_board_s_figures(self):
        self.assertEqual(Forecast(1000).hours(50, 100), 5)

    def test_a_falling_percentage_teaches_it_the_real_consumption(self):
        forecast, now_ms, percent = Forecast(1000), 0, 100.0
        while percent > 40:
            forecast.feed(now_ms, int(percent), None, 100)
            now_ms, percent = now_ms + LOOK_MS, percent - 15 * LOOK_MS / HOUR_MS  # 150 mA of 1000 mAh
        self.assertTrue(1.4 < forecast.scale < 1.6)
        self.assertTrue(forecast.error_percent < 10)

    def test_a_known_current_teaches_it_sooner(self):
        forecast = Forecast(1000)
        for n in range(100):
            forecast.feed(n * LOOK_MS, None, -150, 100)
        self.assertTrue(1.45 < forecast.scale <= 1.5)

    def test_nothing_is_learnt_while_it_charges(self):
        forecast = Forecast(1000)
        for n in range(1000):
            forecast.feed(n * LOOK_MS, 50 + n // 20, None, 100)
        self.assertEqual(forecast.scale, 1.0)

    def test_nonsense_is_bounded(self):
        forecast = Forecast(1000)
        for n in range(1000):
            forecast.feed(n * LOOK_MS, 90 if n % 2 else 10, -5000, 100)
        self.assertTrue(forecast.scale <= 4.0)


class TestGovernor(unittest.TestCase):
    def setUp(self):
        self.governor = Governor(PROFILES, "rich", 1000, radio_ma=100)
        self.now_ms = 0

    def after(self, duration_ms, **known):
        """Look for so long at one situation; returns what runs then."""
        it = situation(**known)
        until_ms = self.now_ms + duration_ms
        while self.now_ms < until_ms:
            self.now_ms += LOOK_MS
            self.governor.look(self.now_ms, it)
        return self.governor.profile

    def test_the_owner_s_choice_is_the_richest(self):
        self.assertEqual(self.after(HOUR_MS, percent=100, external=True), "rich")

    def test_the_richest_profile_that_reaches_the_target_runs(self):
        got = [self.after(2 * HOUR_MS, percent=80, external=False, target_ms=hours * HOUR_MS) for hours in (3, 5, 9, 20)]
        self.assertEqual(got, ["rich", "plain", "lapse", "lapse"])

    def test_a_richer_one_needs_a_margin(self):
        self.after(LOOK_MS, percent=50, external=False, target_ms=3 * HOUR_MS)  # 2.25 h: not enough
        exact = self.after(2 * HOUR_MS, percent=50, external=False, target_ms=int(2.2 * HOUR_MS))
        spare = self.after(2 * HOUR_MS, percent=50, external=False, target_ms=int(1.8 * HOUR_MS))
        self.assertEqual((exact, spare), ("plain", "rich"))

    def test_without_a_gauge_or_a_target_nothing_is_saved(self):
        got = [self.after(HOUR_MS, percent=None, target_ms=9 * HOUR_MS), self.after(HOUR_MS, percent=10, external=False)]
        self.assertEqual(got, ["rich", "rich"])

    def test_a_time_lapse_runs_only_where_the_owner_wants_one(self):
        profiles = dict(PROFILES, minute={"fps": 5, "every_s": 60, "expected_kb_per_frame": 20, "current_ma": 50})
        orders = [Governor(profiles, name, 1000, 100).order for name in ("rich", "minute")]
        self.assertEqual(orders, [["rich", "plain", "lapse"], ["minute"]])

    def test_heat_takes_the_poorest_and_then_rests(self):
        warm = self.after(LOOK_MS, temperature_c=governor.HOT_C), self.governor.mode
        hot = self.after(LOOK_MS, temperature_c=governor.REST_C), self.governor.mode
        still = self.after(HOUR_MS, temperature_c=governor.HOT_C - governor.COOLER_C), self.governor.mode
        cool = self.after(HOUR_MS, temperature_c=40), self.governor.mode
        self.assertEqual((warm, hot, still, cool), (("lapse", RECORD), ("lapse", REST), ("lapse", REST), ("rich", RECORD)))

    def test_an_empty_battery_must_be_seen_twice(self):
        self.after(LOOK_MS, percent=2, external=False)
        once = self.governor.mode
        self.after(LOOK_MS, percent=2, external=False)
        self.assertEqual((once, self.governor.mode), (RECORD, SLEEP))

    def test_a_low_voltage_is_enough_and_a_charger_saves(self):
        self.after(2 * LOOK_MS, battery_mv=3250, external=True)
        charging = self.governor.mode
        self.after(2 * LOOK_MS, battery_mv=3250, external=False)
        self.assertEqual((charging, self.governor.mode), (RECORD, SLEEP))

    def test_the_radio_runs_on_a_charger_while_anything_is_pending(self):
        got = []
        for backlog_bytes in (0, 1, 0):
            self.after(HOUR_MS, external=True, backlog_bytes=backlog_bytes)
            got.append(self.governor.radio)
        self.assertEqual(got, [False, True, False])

    def test_on_battery_it_waits_until_the_backlog_is_worth_it(self):
        got = []
        for backlog_ms in (0, governor.BACKLOG_MS):
            self.after(LOOK_MS, percent=90, external=False, backlog_bytes=1000, backlog_ms=backlog_ms)
            got.append(self.governor.radio)
        self.assertEqual(got, [False, True])

    def test_a_weak_signal_or_a_battery_that_is_needed_keeps_it_off(self):
        pending = {"external": False, "backlog_bytes": 1 << 30, "backlog_ms": HOUR_MS}
        self.after(LOOK_MS, percent=90, rssi=-90, **pending)
        weak = self.governor.radio
        self.after(LOOK_MS, percent=50, target_ms=12 * HOUR_MS, **pending)
        self.assertEqual((weak, self.governor.radio), (False, False))

    def test_on_battery_the_radio_keeps_to_its_share(self):
        on = 0
        for _ in range(24 * 360):
            self.after(
                LOOK_MS, percent=90, external=False, backlog_bytes=1 << 30, backlog_ms=HOUR_MS, rssi=-60 if self.governor.radio else None
            )
            on += self.governor.radio
        share = on / (24 * 360)
        self.assertTrue(0.15 < share <= governor.RADIO_SHARE + 0.02, share)

    def test_where_no_network_answers_it_looks_ever_more_seldom(self):
        switched, pauses_min = [0], []
        for _ in range(12 * 360):
            before = self.governor.radio
            self.after(LOOK_MS, percent=90, external=False, wants_time=True)
            if self.governor.radio and not before:
                pauses_min.append((self.now_ms - switched[-1]) // 60_000)
                switched.append(self.now_ms)
        self.assertEqual((pauses_min[:6], len(switched) < 14), ([0, 12, 22, 42, 82, 82], True))

    def test_the_time_is_worth_the_radio_once(self):
        self.after(LOOK_MS, percent=90, external=False, wants_time=True)
        searching = self.governor.radio
        self.after(governor.RADIO_ON_MS, percent=90, external=False, rssi=-60)
        self.assertEqual((searching, self.governor.radio), (True, False))

    def test_another_choice_of_the_owner_runs_at_once(self):
        self.after(HOUR_MS, percent=90)
        self.governor.prefer("plain")
        self.assertEqual((self.governor.profile, self.governor.order), ("plain", ["plain", "lapse"]))
