# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the power task sees, and what it tells recorder, radio and board."""

import asyncio
import unittest

from fake_app import FakeKeeper, Named

from firmware import power
from firmware.governor import BACKLOG_BYTES, REST_C
from firmware.health import Health
from firmware.settings import Settings

HOUR_MS = 3_600_000
PROFILES = {
    "rich": {"fps": 10, "expected_kb_per_frame": 30, "current_ma": 200},
    "plain": {"fps": 5, "expected_kb_per_frame": 20, "current_ma": 100},
}
CONFIG = {"profiles": PROFILES, "power": {"battery_mah": 1000, "radio_ma": 90}}
WIFI, STORE = (
    [{"ssid": "home", "key": "secret"}],
    dict.fromkeys(("endpoint", "region", "bucket", "prefix", "access_key", "secret_key"), "x"),
)


class FakeGauge:
    battery_mv, percent, current_ma, external = 3800, 60, None, False
    broken = False

    def read(self):
        if self.broken:
            raise OSError(19)


class FakeRecorder:
    profile, held = "rich", ""

    def use(self, name):
        self.profile = name

    def hold(self, cause):
        self.held = cause


class Rig:
    """A board with a gauge at 60 %, in the middle of its day."""

    def __init__(self, gauge=None, cause="power_on", **settings):
        self.gauge, self.warmth_c = gauge, 40
        self.board = Named(gauge=gauge, temperature_c=lambda: self.warmth_c, reset_cause=lambda: cause)
        self.keeper = FakeKeeper()
        self.keeper.source, self.keeper.utc_known = "ntp", False
        self.health = Health(self.keeper)
        self.recorder, self.link = FakeRecorder(), Named(enabled=True, rssi=lambda: -60)
        self.pending_bytes = 0
        self.power = power.Power(self.board, CONFIG, Settings("", settings), self.keeper, self.health, "rich")
        self.power.rule(self.recorder, self.link, lambda: self.pending_bytes)

    def look(self, times=1):
        """So many looks; returns what runs then."""
        for _ in range(times):
            self.keeper.now_ms += power.LOOK_MS
            self.power.look()
        return self.recorder.profile

    def until_it_sleeps(self):
        """Let the task run for an hour at most; returns what it did."""
        done = []

        async def no_sleep(duration_ms):
            self.keeper.now_ms += duration_ms
            if self.keeper.now_ms > HOUR_MS:
                raise asyncio.CancelledError

        async def sleep():
            done.append("sleep")

        real, power.sleep_ms = power.sleep_ms, no_sleep
        try:
            asyncio.run(self.power.run(sleep))
        except asyncio.CancelledError:
            done.append("still awake")
        power.sleep_ms = real
        return done


class TestLooking(unittest.TestCase):
    def test_a_target_that_is_too_far_takes_a_poorer_profile_and_says_so(self):
        rig = Rig(FakeGauge(), target_hours=5)
        profile = rig.look()
        _, _, kind, text, data = rig.health.events[-1]
        self.assertEqual((profile, kind, text[:18]), ("plain", "power", "plain, radio off: "))
        self.assertEqual(data, {"profile": "plain", "mode": "record", "radio": False})

    def test_what_does_not_change_is_told_once(self):
        rig = Rig(FakeGauge())
        rig.look(100)
        self.assertEqual(len(rig.health.events), 1)

    def test_a_time_of_day_is_a_target_once_the_time_is_known(self):
        rig, got = Rig(FakeGauge(), record_until="22:00"), []
        for utc_known, unix_s in ((False, 0), (True, 17 * 3600), (True, 21 * 3600 + 1800), (True, 22 * 3600 + 1), (True, 5 * 3600)):
            rig.keeper.utc_known, rig.keeper.utc_ms = utc_known, unix_s * 1000
            got.append(rig.power.status()["target_hours"])
        self.assertEqual(got, [0, 5.0, 0.5, 0, 0])

    def test_heat_holds_the_recorder_until_it_is_over(self):
        rig, held = Rig(FakeGauge()), []
        for rig.warmth_c in (40, REST_C, 40):
            rig.look(30)
            held.append(rig.recorder.held)
        self.assertEqual(held, ["", "heat", ""])

    def test_the_radio_runs_for_a_backlog_that_can_be_stored(self):
        got = []
        for settings in ({}, {"wifi": WIFI}, {"wifi": WIFI, "store": STORE}):
            rig = Rig(FakeGauge(), **settings)
            rig.pending_bytes = BACKLOG_BYTES
            rig.look()
            got.append(rig.link.enabled)
        self.assertEqual(got, [False, False, True])

    def test_it_runs_for_the_time_that_nobody_knows(self):
        rig, got = Rig(FakeGauge(), wifi=WIFI), []
        for rig.keeper.source in ("rtc", "ntp"):
            rig.look(13)
            got.append(rig.link.enabled)
        self.assertEqual(got, [True, False])

    def test_who_asks_for_it_has_it_until_all_is_stored(self):
        rig, got = Rig(FakeGauge(), wifi=WIFI, store=STORE), []
        rig.look()
        rig.power.want_radio()
        for rig.pending_bytes in (1000, 1000, 0):
            rig.look()
            got.append(rig.link.enabled)
        self.assertEqual(got, [True, True, False])

    def test_the_owner_s_choice_runs_at_once(self):
        rig = Rig(FakeGauge())
        rig.power.prefer("plain")
        self.assertEqual((rig.recorder.profile, rig.look(400), rig.power.profiles()), ("plain", "plain", ["plain"]))


class TestRunning(unittest.TestCase):
    def test_an_empty_battery_ends_it_and_says_so(self):
        gauge = FakeGauge()
        gauge.percent = 2
        rig = Rig(gauge)
        self.assertEqual((rig.until_it_sleeps(), rig.health.events[-1][3]), (["sleep"], "the battery is empty: everything is closed"))

    def test_without_a_gauge_nothing_is_governed(self):
        rig = Rig(None)
        rig.link.enabled = False
        done = rig.until_it_sleeps()
        self.assertEqual((done, rig.link.enabled, rig.power.status(), rig.power.profiles()), (["still awake"], True, None, ["rich"]))

    def test_nor_when_the_owner_does_not_want_it(self):
        gauge = FakeGauge()
        gauge.percent = 0
        rig = Rig(gauge, governor=False, target_hours=100)
        self.assertEqual(
            (rig.until_it_sleeps(), rig.recorder.profile, rig.power.status()["why"]), (["still awake"], "rich", "not governed")
        )

    def test_a_gauge_that_falls_silent_is_a_problem_and_no_reason_to_stop(self):
        gauge = FakeGauge()
        gauge.broken, gauge.percent = True, 0
        rig = Rig(gauge)
        done, problems = rig.until_it_sleeps(), list(rig.health.problems)
        gauge.broken, gauge.percent = False, 60
        rig.keeper.now_ms = 0
        rig.until_it_sleeps()
        self.assertEqual((done, problems, rig.health.problems), (["still awake"], ["gauge"], {}))

    def test_after_a_sleep_it_begins_again_when_there_is_something_to_begin_with(self):
        got = []
        for percent, external, cause in (
            (4, False, "deep_sleep"),
            (4, True, "deep_sleep"),
            (6, False, "deep_sleep"),
            (4, False, "power_on"),
        ):
            gauge = FakeGauge()
            gauge.percent, gauge.external = percent, external
            got.append(Rig(gauge, cause).power.is_still_empty())
        self.assertEqual(got, [True, False, False, False])
