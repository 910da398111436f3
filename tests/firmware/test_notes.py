# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Notes: what waits for a chunk, what comes back from a lost one, and which gaps become one."""

import json
import unittest

from fake_app import FakeKeeper

from firmware import channels
from firmware.gaps import Gaps
from firmware.health import Health
from firmware.notes import MOST, Notes


class Page:
    """A chunk for so many notes."""

    def __init__(self, room=1000):
        self._room = room
        self.kept = []

    def add_json(self, channel, uptime_ms, data):
        if len(self.kept) == self._room:
            return False
        self.kept.append((channel, uptime_ms, json.loads(data)))
        return True


class NotesTest(unittest.TestCase):
    def setUp(self):
        self.keeper = FakeKeeper()
        self.health = Health(self.keeper)
        self.notes = Notes(self.keeper, self.health)
        self.gaps = Gaps(self.notes, self.keeper, self.health)

    def told(self, room=1000):
        page = Page(room)
        self.notes.put_into(page)
        return page.kept

    def told_gaps(self):
        return [(gap["cause"], gap["frames"], gap["from_uptime_ms"], gap["to_uptime_ms"]) for _, _, gap in self.told()]

    def test_what_does_not_fit_waits_for_the_next_chunk(self):
        for number in range(5):
            self.notes.add(channels.TELEMETRY, {"n": number}, number)
        found = [[note["n"] for _, _, note in self.told(2)] for _ in range(4)]
        self.assertEqual(found, [[0, 1], [2, 3], [4], []])

    def test_a_lost_chunk_gives_its_notes_back_in_order(self):
        for number in range(4):
            self.notes.add(channels.TELEMETRY, {"n": number})
        self.told(1)
        self.notes.are_safe()
        self.told(2)
        self.notes.take_back()
        self.notes.take_back()
        self.assertEqual([note["n"] for _, _, note in self.told()], [1, 2, 3])

    def test_events_are_dated_when_they_happened(self):
        self.keeper.now_ms = 100
        self.health.event("boot", "boot 7", "info", {"x": 1})
        self.keeper.now_ms = 900
        event = {"level": "info", "kind": "boot", "text": "boot 7", "data": {"x": 1}, "uptime_ms": 100}
        self.assertEqual(self.told(), [(channels.EVENTS, 100, event)])

    def test_a_flood_of_events_leaves_room_for_gaps(self):
        for number in range(MOST + 9):
            self.health.event("flood", str(number))
            self.notes.add_if_room(channels.TELEMETRY, {})
        self.gaps.open("paused", 1, 1)
        self.gaps.close(5)
        told = self.told()
        self.assertEqual((len(told), told[-1][0], told[-1][2]["cause"]), (MOST + 1, channels.GAPS, "paused"))

    def test_losses_of_one_cause_in_a_row_are_one_gap(self):
        self.gaps.lost("overflow", 2, 100, 300)
        self.gaps.lost("overflow", 3, 400, 700)
        self.gaps.lost("too_large", 1, 800, 800)
        self.gaps.close(900)
        self.assertEqual(self.told_gaps(), [("overflow", 5, 100, 700), ("too_large", 1, 800, 800)])
        self.assertEqual(self.health.counters, {"dropped_overflow": 5, "dropped_too_large": 1})

    def test_a_stretch_of_unknown_length_takes_in_what_is_counted_within(self):
        self.gaps.open("card_error", 100, 200)
        self.gaps.lost("overflow", 4, 300, 400)
        self.gaps.open("camera", 500, 600)
        self.gaps.close(900)
        self.assertEqual((self.told_gaps(), self.health.counters), ([("card_error", None, 100, 900)], {"dropped_card_error": 4}))

    def test_counted_losses_end_before_a_stretch_begins(self):
        self.gaps.lost("overflow", 4, 300, 400)
        self.gaps.open("fault", 100, 600)
        self.gaps.close(900)
        self.assertEqual(self.told_gaps(), [("overflow", 4, 300, 400), ("fault", None, 100, 900)])

    def test_without_a_loss_there_is_no_gap(self):
        self.gaps.close(900)
        self.assertEqual(self.told(), [])


if __name__ == "__main__":
    unittest.main()
