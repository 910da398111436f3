# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is removed from a full card, in which order, and what the wearer is told before that."""

import asyncio
import unittest

from fake_app import FakeApp, Named
from folders import Folder
from test_segments import opened, record_one

from firmware.console.commands import keep, segments
from firmware.console.errors import CommandError
from firmware.health import Health
from firmware.housekeeper import HOUR_MS, Housekeeper
from firmware.segments import SPARE_BYTES

MB = 1_000_000


class SmallCard:
    """A store on a card on which every segment takes 100 MB."""

    def __init__(self, folder, segments):
        self.store = opened(folder)
        self.total = segments * 100 * MB
        self.store.free_bytes = lambda: self.total - 100 * MB * sum(1 for _ in self.store.files.all())
        self.store.total_bytes = lambda: self.total
        for _ in range(segments):
            record_one(self.store)

    def mark_stored(self, *numbers):
        for number in numbers:
            self.store.mark_stored(Named(boot=self.store.boot, segment=number), "etag")

    def left(self):
        return [segment for _, segment in self.store.files.all()]

    def left_after_asking_for(self, segments, overwrite=False):
        self.store.make_room(segments * 100 * MB, overwrite)
        return self.left()


class Order(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.card = SmallCard(self.folder, 6)
        self.store = self.card.store

    def tearDown(self):
        self.store.close()
        self.folder.remove()

    def test_stored_ones_go_oldest_first_and_kept_ones_last(self):
        self.card.mark_stored(2, 3, 5)
        self.store.keep(1, 2)
        after = [self.card.left_after_asking_for(n) for n in (1, 2, 3, 6)]
        self.assertEqual(after, [[1, 2, 4, 5, 6], [1, 2, 4, 6], [1, 4, 6], [1, 4, 6]])

    def test_a_released_one_is_as_any_other(self):
        self.card.mark_stored(2, 3)
        self.store.keep(1, 2)
        self.store.keep(1, 2, False)
        self.assertEqual(self.card.left_after_asking_for(1), [1, 3, 4, 5, 6])

    def test_what_is_not_stored_goes_only_if_the_owner_wants_that_and_never_if_it_is_kept(self):
        self.card.mark_stored(4)
        self.store.keep(1, 1)
        self.store.set_aside(Named(boot=1, segment=3), "why")
        self.assertEqual(self.card.left_after_asking_for(3), [1, 2, 3, 5, 6])
        self.assertEqual(self.store.take_losses(), [])
        self.assertEqual(self.card.left_after_asking_for(3, overwrite=True), [1, 5, 6])
        self.assertEqual([(boot, segment) for boot, segment, _ in self.store.take_losses()], [(1, 2), (1, 3)])
        self.assertEqual(self.card.left_after_asking_for(6, overwrite=True), [1])

    def test_a_wrong_date_makes_nothing_older(self):
        record_one(self.store, offset_ms=0)
        record_one(self.store, offset_ms=1)
        self.card.mark_stored(*range(1, 9))
        self.assertEqual(self.card.left_after_asking_for(1), [4, 5, 6, 7, 8])

    def test_recording_stops_on_a_full_card_and_goes_on_when_there_is_room(self):
        with self.assertRaises(OSError) as caught:
            self.store.open_next([("boot", "1")], MB)
        self.assertEqual(caught.exception.errno, 28)
        self.card.mark_stored(1)
        self.assertEqual(self.store.open_next([("boot", "1")], MB).number, 7)

    def test_what_was_removed_is_not_marked_any_more(self):
        info = self.store.next_pending()
        self.card.left_after_asking_for(1, overwrite=True)
        before = self.store.ledger.journal.end
        self.store.mark_uploading(info, 1, "id")
        self.store.mark_stored(info, "etag")
        self.assertEqual((self.store.ledger.journal.end, self.store.upload_note(info), self.store.keep(1, 1)), (before, None, False))

    def test_room_is_made_ahead_one_by_one_but_never_of_what_is_not_stored(self):
        self.card.mark_stored(1, 2, 3)
        steps = [self.store.make_room_ahead() for _ in range(4)]
        self.assertEqual((steps, self.card.left()), ([True, True, False, False], [3, 4, 5, 6]))


class Warnings(unittest.TestCase):
    def setUp(self):
        keeper = FakeApp().keeper
        self.keeper, self.health = keeper, Health(keeper)
        self.room = 0
        self.store = Named(total_bytes=lambda: 1000 * MB, free_bytes=lambda: self.room, recorded_bytes=0)
        self.store.stored_bytes = lambda: 0
        self.store.take_losses = lambda: []
        self.store.make_room_ahead = lambda: False
        self.store.ledger = Named(is_due=lambda: False)
        self.store.found = lambda: None
        self.settings = Named(overwrite_unsent=False)
        self.housekeeper = Housekeeper(Named(store=self.store), self.settings, keeper, self.health)

    def told(self, room_mb):
        self.room = room_mb * MB
        asyncio.run(self.housekeeper.look())
        return self.health.problems.get("space", "")

    def test_levels_are_told_once_and_taken_back_with_a_margin(self):
        rooms_mb = (201, 200, 101, 100, 50, 0, 60, 70, 71, 110, 121, 211, 221)
        levels = [int(self.told(room_mb)[12:14] or 0) for room_mb in rooms_mb]
        self.assertEqual(levels, [0, 80, 80, 90, 95, 95, 95, 95, 90, 90, 80, 80, 0])
        events = [(event[1], event[2], event[3][12:14]) for event in self.health.events]
        expected = [("error", "space", level) for level in ("80", "90", "95", "90", "80")]
        self.assertEqual(events, expected + [("info", "space", "")])

    def test_that_the_hours_change_is_no_event(self):
        texts = []
        for _ in range(3):
            self.keeper.now_ms += HOUR_MS
            self.store.recorded_bytes = 10 * MB
            texts.append(self.told(100))
        self.assertEqual((len(set(texts)), len(self.health.events)), (3, 1))

    def test_a_card_full_of_stored_footage_is_as_good_as_an_empty_one(self):
        self.store.stored_bytes = lambda: 900 * MB
        self.assertEqual(self.told(0), "")

    def test_it_says_how_long_the_card_lasts_and_what_will_happen(self):
        self.told(900)
        self.keeper.now_ms += HOUR_MS
        self.store.recorded_bytes = 10 * MB
        self.room = 0
        text = self.told(100 + SPARE_BYTES // MB)
        self.assertTrue("lasts about 9 h more" in text and text.endswith("or insert an empty card"), text)
        self.store.recorded_bytes = 900 * MB
        self.settings.overwrite_unsent = True
        text = self.told(50)
        self.assertTrue("lasts less than 1 h more" in text and "the oldest of it will be overwritten" in text, text)


class Keep(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.app = FakeApp()
        self.store = self.app.store = opened(self.folder)
        self.app.keeper.boot = self.store.boot
        for start_ms in (0, 60_000, 120_000, 180_000):
            record_one(self.store, start_ms=start_ms)

    def tearDown(self):
        self.store.close()
        self.folder.remove()

    def do(self, *words):
        result = asyncio.run(keep.run(self.app, list(words)))
        return keep.text(result), [segment for _, segment, _, _ in self.store.list("kept")]

    def test_the_current_segment_stays_kept_when_it_is_closed(self):
        writer = self.store.open_next([("boot", "1")], MB)
        self.assertEqual(self.do(), ("1 segment kept: 1/5", [5]))
        self.store.closed(writer.number, writer.close(), 0)
        self.assertEqual([found[1:3] for found in self.store.list("kept")], [(5, "closed")])

    def test_nothing_is_being_recorded(self):
        with self.assertRaises(CommandError):
            self.do()

    def test_the_last_minutes_begin_with_what_went_on_then(self):
        self.app.keeper.now_ms = 240_000
        self.assertEqual(self.do("2"), ("3 segments kept: 1/4, 1/3, 1/2", [2, 3, 4]))

    def test_the_last_minutes_may_reach_into_the_boot_before(self):
        self.store.close()
        self.store = self.app.store = opened(self.folder)
        record_one(self.store, start_ms=10_000)
        keeper = self.app.keeper
        keeper.boot, keeper.now_ms = self.store.boot, 20_000
        keeper.utc_known, keeper.utc_ms = False, 0
        self.assertEqual(self.do("1")[0], "1 segment kept: 2/1")
        keeper.utc_known, keeper.utc_ms = True, 5000 + 200_000
        self.assertEqual(self.do("1")[0], "3 segments kept: 2/1, 1/4, 1/3")

    def test_a_named_one_and_off(self):
        told = [self.do(*line.split()) for line in ("1/2", "000001/000003", "1/2 off")]
        texts = ["1 segment kept: 1/2", "1 segment kept: 1/3", "1 segment no longer kept: 1/2"]
        self.assertEqual(told, list(zip(texts, ([2], [2, 3], [3]))))
        rows = segments.text(asyncio.run(segments.talk(self.app, ["kept"], None))).split("\n")
        self.assertEqual((rows[0][:13], rows[0][-6:], rows[1]), ("000001/000003", "  kept", "1 kept segment, 1 shown"))

    def test_what_cannot_be_meant_is_refused(self):
        for line in ("9/9", "1/", "/1", "a/b", "0", "many", "1/2 on", "-3"):
            with self.assertRaises(CommandError):
                self.do(*line.split())


if __name__ == "__main__":
    unittest.main()
