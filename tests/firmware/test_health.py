# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Health: what is counted, remembered, announced, and wrong right now."""

import json
import unittest

from fake_app import FakeKeeper

from firmware.health import RING, Health


class HealthTest(unittest.TestCase):
    def setUp(self):
        self.keeper = FakeKeeper()
        self.health = Health(self.keeper)
        self.heard = []
        self.health.listeners.append(lambda *event: self.heard.append(event))

    def test_counters_start_when_they_are_first_counted(self):
        self.health.count("captured")
        self.health.count("captured", 9)
        self.health.count("dropped_overflow", 0)
        self.assertEqual(self.health.counters, {"captured": 10, "dropped_overflow": 0})

    def test_an_event_reaches_every_listener_as_it_is_remembered(self):
        self.health.listeners.append(lambda *event: self.heard.append(event))
        self.health.event("wifi", "lost home", "warn", {"rssi": -80})
        event = (12_345, "warn", "wifi", "lost home", {"rssi": -80})
        self.assertEqual((self.heard, self.health.events), ([event] * 2, [event]))

    def test_the_oldest_events_are_forgotten(self):
        for n in range(RING + 3):
            self.health.event("count", str(n))
        texts = [event[3] for event in self.health.events]
        self.assertEqual((len(texts), texts[0], texts[-1]), (RING, "3", str(RING + 2)))

    def test_a_problem_is_announced_when_it_is_news(self):
        self.health.set_problem("card", "no card: insert one")
        self.health.set_problem("card", "no card: insert one")
        self.health.set_problem("card", "the card is full")
        self.health.clear_problem("card")
        self.health.clear_problem("card")
        told = [(level, kind, text) for _, level, kind, text, _ in self.heard]
        expected = [("error", "card", "no card: insert one"), ("error", "card", "the card is full"), ("info", "card", "cleared")]
        self.assertEqual((told, self.health.problems), (expected, {}))

    def test_the_record_holds_what_is_known_and_is_json(self):
        self.keeper.utc_ms = 1_795_437_045_000
        self.health.count("captured", 3)
        self.health.set_problem("store", "the store refuses the key")
        expected = {
            "uptime_ms": 12_345,
            "unix_ms": 1_795_437_045_000,
            "boot": 7,
            "counters": {"captured": 3},
            "problems": {"store": "the store refuses the key"},
        }
        self.assertEqual(json.loads(json.dumps(self.health.record())), expected)


if __name__ == "__main__":
    unittest.main()
