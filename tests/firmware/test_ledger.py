# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Journal and index, whole and damaged: what a boot makes of each."""

import os
import unittest

from fake_app import Named
from folders import Folder
from test_segments import opened, record_one

from firmware import journal as j
from firmware.journal import GENERATION_RECORDS, RECORD_BYTES, Entry, Journal


def saved(store):
    for _ in store.ledger.saving():
        pass


def overwrite(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


class Damaged(unittest.TestCase):
    """A card with four segments: the first is stored, the second set aside, the third kept. The index on it knows of none."""

    def setUp(self):
        self.folder = Folder()
        self.root = self.folder.path + "/daylog"
        store = opened(self.folder)
        for _ in range(4):
            record_one(store)
        store.mark_stored(Named(boot=1, segment=1), "etag")
        store.set_aside(Named(boot=1, segment=2), "why")
        store.keep(1, 3)
        self.whole = self.states(store)
        store.close()
        self.journal = self.root + "/journal/000000.jnl"

    def tearDown(self):
        self.folder.remove()

    def states(self, store):
        return [(segment, state) for _, segment, state, _ in store.list()] + [segment for _, segment, _, _ in store.list("kept")]

    def after_boot(self):
        store = opened(self.folder)
        states = self.states(store)
        store.close()
        return states

    def index(self):
        return sorted(os.listdir(self.root + "/index"))

    def twice(self):
        """What two boots make of it: the second may not know less than the first."""
        first, second = self.after_boot(), self.after_boot()
        self.assertEqual(first, second)
        return first

    # The journal holds open and closed of 1, 2, 3, 4, then stored, set aside, kept.

    def test_two_damaged_records_of_a_segment_and_its_file_is_found(self):
        overwrite(self.journal, 6 * RECORD_BYTES, bytes(2 * RECORD_BYTES))
        self.assertEqual(self.twice(), [(1, "stored"), (2, "set_aside"), (3, "closed"), (4, "open"), 3])

    def test_a_damaged_close_and_the_segment_is_open_again(self):
        overwrite(self.journal, 7 * RECORD_BYTES + 100, b"?")
        self.assertEqual(self.twice(), [(1, "stored"), (2, "set_aside"), (3, "closed"), (4, "open"), 3])

    def test_a_damaged_mark_of_storage_and_it_is_uploaded_again(self):
        overwrite(self.journal, 8 * RECORD_BYTES + 100, b"?")
        self.assertEqual(self.twice(), [(1, "closed"), (2, "set_aside"), (3, "closed"), (4, "closed"), 3])

    def test_garbage_and_everything_is_found(self):
        overwrite(self.journal, 0, bytes(range(256)) * 22)
        self.assertEqual(self.twice(), [(1, "found"), (2, "found"), (3, "found"), (4, "open")])

    def test_whether_the_last_boot_was_stopped_is_not_known_without_its_record(self):
        store = opened(self.folder)
        store.boot = 1
        store.idle()
        store.close()
        stopped = opened(self.folder)
        stopped.close()
        overwrite(self.journal, 11 * RECORD_BYTES, bytes(RECORD_BYTES))
        doubted = opened(self.folder)
        doubted.close()
        for name in self.index():
            os.remove(self.root + "/index/" + name)
        os.remove(self.journal)
        without = opened(self.folder)
        without.close()
        self.assertEqual((stopped.broke_off, doubted.broke_off, without.broke_off), ([], [(1, "")], [(1, "")]))

    def test_garbage_after_the_index_was_saved_costs_nothing_before(self):
        store = opened(self.folder)
        saved(store)
        record_one(store)
        store.close()
        overwrite(self.journal, 0, bytes(13 * RECORD_BYTES))
        self.assertEqual(self.twice(), self.whole[:4] + [(1, "open"), 3])

    def test_a_lost_index_is_no_loss(self):
        for name in self.index():
            os.remove(self.root + "/index/" + name)
        self.assertEqual(self.twice(), self.whole)

    def test_an_index_that_is_not_whole_does_not_count(self):
        store = opened(self.folder)
        saved(store)
        saved(store)
        store.close()
        newest = self.root + "/index/" + self.index()[-1]
        size = os.stat(newest)[6]
        for offset in range(0, size, 5):
            with open(newest, "rb") as file:
                before = file.read()
            overwrite(newest, offset, bytes([before[offset] ^ 0x40]))
            self.assertEqual((offset, self.after_boot()), (offset, self.whole))
            overwrite(newest, 0, before)
        with open(newest, "wb") as file:
            file.write(before[:-1])
        self.assertEqual(self.after_boot(), self.whole)

    def test_a_copy_broken_off_is_followed_by_another(self):
        store = opened(self.folder)
        next(store.ledger.saving())
        saved(store)
        saved(store)
        store.close()
        self.assertEqual((len(self.index()), self.twice()), (2, self.whole))

    def test_no_number_is_used_twice_when_the_journal_is_shorter_than_the_index_says(self):
        store = opened(self.folder)
        saved(store)
        store.close()
        with open(self.journal, "wb") as file:
            file.write(b"x")
        store = opened(self.folder)
        record_one(store)
        saved(store)
        numbers = list(store.ledger.index.records)
        store.close()
        self.assertEqual((numbers[:4], numbers[4]), ([1, 3, 5, 7], GENERATION_RECORDS + 1))
        self.assertEqual(self.twice(), self.whole[:4] + [(1, "closed"), 3])

    def test_what_the_journal_does_not_give_back_is_hashed_again(self):
        store = opened(self.folder)
        saved(store)
        overwrite(self.journal, 5 * RECORD_BYTES, bytes(RECORD_BYTES))
        info = store.next_pending()
        self.assertEqual((info.segment, info.size, info.hashed), (3, os.stat(store.path(1, 3))[6], False))
        store.close()

    def test_what_is_not_on_the_card_is_told_and_held_up_for_by_nobody(self):
        store = opened(self.folder)
        os.remove(store.path(1, 3))
        self.assertEqual((store.next_pending().segment, [loss[:2] for loss in store.take_losses()]), (4, [(1, 3)]))
        store.close()

    def test_a_removal_that_a_cut_left_undone_is_finished(self):
        store = opened(self.folder)
        store.ledger.note(j.RECLAIMED, 1, 1)
        path = store.path(1, 1)
        store.close()
        self.assertEqual((self.after_boot()[0], os.listdir(path[:-12])[:9].count("000001.mcap")), ((2, "set_aside"), 0))

    def test_the_names_of_others_are_none_of_ours(self):
        for name in ("fresh.jnl", "journal.000001", "1x.jnl", "photo.jpg"):
            with open(self.root + "/journal/" + name, "w") as file:
                file.write("mine")
        os.mkdir(self.root + "/12a")
        self.assertEqual(self.twice(), self.whole)


class Generations(unittest.TestCase):
    """Two full files of the journal."""

    def setUp(self):
        self.folder = Folder()
        journal = Journal(self.folder.path + "/journal")
        record = Entry(j.OPEN, 1, 1).encode()
        for generation in range(2):
            with open(journal.folder + "/%06d.jnl" % generation, "wb") as file:
                for _ in range(GENERATION_RECORDS // 64):
                    file.write(64 * record)

    def tearDown(self):
        self.folder.remove()

    def journal(self):
        return Journal(self.folder.path + "/journal")

    def replayed(self, start):
        journal = self.journal()
        return [(number, entry.segment) for number, entry in journal.replay(start)], journal

    def test_the_next_file_begins_where_one_is_full(self):
        third = 2 * GENERATION_RECORDS
        journal = self.replayed(third - 1)[1]
        numbers = [journal.append(Entry(j.OPEN, 1, segment)) for segment in (2, 3)]
        journal.close()
        found, again = self.replayed(third - 2)
        self.assertEqual((numbers, again.generations), ([third, third + 1], [0, 1, 2]))
        self.assertEqual((found, again.is_whole), ([(third - 2, 1), (third - 1, 1), (third, 2), (third + 1, 3)], True))
        self.assertEqual([again.read(number).segment for number in (GENERATION_RECORDS, third, third + 1)], [1, 2, 3])

    def test_files_that_nothing_needs_go_and_the_newest_stays(self):
        journal = self.journal()
        left = []
        for number in (GENERATION_RECORDS - 1, GENERATION_RECORDS, 9 * GENERATION_RECORDS):
            journal.remove_before(number)
            left.append(list(journal.generations))
        self.assertEqual((left, sorted(os.listdir(journal.folder))), ([[0, 1], [1], [1]], ["000001.jnl"]))

    def test_a_missing_file_is_noticed(self):
        first, third = GENERATION_RECORDS - 1, 2 * GENERATION_RECORDS
        journal = self.replayed(third - 1)[1]
        journal.append(Entry(j.OPEN, 1, 2))
        journal.close()
        os.remove(journal.folder + "/000001.jnl")
        self.assertEqual([self.replayed(start)[1].is_whole for start in (first, first + 1, third)], [False, False, True])

    def test_a_full_last_file_may_have_had_a_successor(self):
        self.assertEqual(self.replayed(2 * GENERATION_RECORDS - 1)[1].is_whole, False)


if __name__ == "__main__":
    unittest.main()
