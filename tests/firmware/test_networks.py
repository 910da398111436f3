# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from firmware.networks import Networks

HOME, WORK = {"ssid": "home", "key": "h", "priority": 5}, {"ssid": "work", "key": "w"}
CAFE, PHONE = {"ssid": "cafe"}, {"ssid": "phone", "key": "p", "metered": True}
ATTIC = {"ssid": "attic", "key": "a", "hidden": True}
MINUTE_MS = 60_000


class Settings:
    def __init__(self, *wifi):
        self.wifi = list(wifi)


class NetworksTest(unittest.TestCase):
    def setUp(self):
        self.now_ms = 0

    def of(self, *known):
        return Networks(Settings(*known), lambda: self.now_ms)

    def names(self, networks):
        return [network["ssid"] for network in networks]

    def test_by_priority_then_what_was_joined_last_then_as_listed(self):
        networks = self.of(CAFE, WORK, HOME)
        before = self.names(networks.order())
        networks.joined("work")
        self.assertEqual((before, self.names(networks.order())), (["home", "cafe", "work"], ["home", "work", "cafe"]))

    def test_a_scan_leaves_those_that_were_heard_strongest_first_and_the_hidden(self):
        networks = self.of(CAFE, WORK, HOME, ATTIC)
        self.assertEqual(self.names(networks.order({"work": -60, "cafe": -50, "stranger": -30})), ["cafe", "work", "attic"])

    def test_one_that_was_weak_comes_after_its_like(self):
        networks = self.of(CAFE, WORK)
        networks.hear({"cafe": -86, "stranger": -40})
        self.assertEqual(self.names(networks.order()), ["work", "cafe"])

    def test_a_metered_one_is_for_the_time_only_and_comes_last(self):
        networks = self.of(PHONE, WORK)
        found = [self.names(networks.order(None, wanted)) for wanted in (True, False)]
        self.assertEqual(found, [["work", "phone"], ["work"]])

    def test_each_reason_has_its_patience_and_it_grows(self):
        networks, found = self.of(HOME), []
        for why in ("captive", "captive", "captive", "captive", "captive", "captive"):
            found.append(networks.failed("home", why) // MINUTE_MS)
        self.assertEqual(found, [10, 20, 40, 80, 120, 120])

    def test_what_is_left_alone_comes_back_in_time_or_when_it_is_wanted(self):
        networks, found = self.of(HOME), []
        networks.failed("home", "no_way")
        for at_ms in (0, 2 * MINUTE_MS - 1, 2 * MINUTE_MS):
            self.now_ms = at_ms
            found.append(len(networks.order()))
        networks.failed("home", "no_way")
        networks.forgive()
        self.assertEqual((found, len(networks.order()), networks.failed("home", "no_way")), ([0, 0, 1], 1, 2 * MINUTE_MS))

    def test_what_was_proved_is_forgotten(self):
        networks = self.of(HOME)
        networks.failed("home", "no_way")
        networks.proved("home", 1000)
        networks.failed("home", "wrong_key")
        networks.joined("home")
        self.assertEqual([networks.failed("home", why) for why in ("no_way", "wrong_key")], [2 * MINUTE_MS, 10_000])

    def test_only_a_clearly_better_one_is_worth_a_change(self):
        networks = self.of(HOME, WORK, CAFE, PHONE)
        cases = [
            ("work", -60, {"work": -60, "cafe": -49}),  # not by enough
            ("work", -60, {"work": -60, "cafe": -48}),
            ("work", -40, {"work": -40, "home": -72}),  # preferred, and good enough
            ("work", -40, {"work": -40, "home": -73}),
            ("home", -80, {"home": -80, "work": -40}),  # the preferred one will do
            ("home", -81, {"home": -81, "work": -69}),
            ("work", -85, {"phone": -30, "stranger": -30}),
        ]
        found = [networks.better(*case) for case in cases]
        self.assertEqual([n and n["ssid"] for n in found], [None, "cafe", "home", None, None, "work", None])

    def test_in_the_dark_a_weak_one_is_left_for_any_and_a_strong_one_for_what_is_preferred(self):
        networks = self.of(CAFE, WORK, HOME, PHONE)
        found = [self.names(networks.others("work", rssi_dbm)) for rssi_dbm in (-81, -80)]
        self.assertEqual(found, [["home", "cafe"], ["home"]])

    def test_the_table_shows_what_was_seen_and_no_key(self):
        networks = self.of(HOME, CAFE, PHONE)
        networks.hear({"cafe": -70})
        networks.joined("cafe")
        networks.proved("cafe", 5)
        networks.failed("cafe", "captive")
        rows = networks.table()
        seen = {"joins": 1, "failures": 1, "stored_bytes": 5, "why": "wants a login first", "barred_ms": 10 * MINUTE_MS}
        expected = {"ssid": "cafe", "priority": 0, "kind": ["open"], "rssi_dbm": -70}
        expected.update(seen)
        self.assertEqual((rows[1], rows[2]["kind"], [row for row in rows if "key" in row]), (expected, ["metered"], []))

    def test_what_left_the_settings_is_forgotten(self):
        settings = Settings(HOME)
        networks = Networks(settings, lambda: 0)
        networks.joined("home")
        settings.wifi = [WORK]
        networks.joined("work")
        settings.wifi = [WORK, HOME]
        self.assertEqual([row["joins"] for row in networks.table()], [1, 0])
