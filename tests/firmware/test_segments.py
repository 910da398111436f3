# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import os
import unittest

from folders import Folder

from firmware import journal
from firmware.chunk import ChunkBuffer
from firmware.segment import EBADMSG
from firmware.segments import SegmentStore

LIMIT = 1 << 20
DEVICE = b"test"


def fill(writer, store, frames=3, offset_ms=5000, start_ms=0):
    chunk = ChunkBuffer(32768, DEVICE)
    chunk.begin(store.boot, offset_ms)
    for n in range(frames):
        chunk.add_frame(b"\xff\xd8" + bytes(500) + b"\xff\xd9", n + 1, start_ms + 100 * n + 100)
    writer.put(chunk)
    while writer.step():
        pass
    writer.commit()


def record_one(store, frames=3, offset_ms=5000, start_ms=0):
    free_bytes, store.free_bytes = store.free_bytes, lambda: 1 << 40
    writer = store.open_next([("boot", str(store.boot))], LIMIT)
    store.free_bytes = free_bytes
    fill(writer, store, frames, offset_ms, start_ms)
    store.closed(writer.number, writer.close(), offset_ms)


def opened(folder, hint=0):
    store = SegmentStore(folder.path, hint)
    store.load()
    return store


class SegmentStoreTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.remove()

    def states(self, store):
        return [(boot, segment, state) for boot, segment, state, _ in store.list()]

    def test_states_survive_a_restart_and_boot_numbers_are_never_reused(self):
        store = opened(self.folder)
        for _ in range(3):
            record_one(store)
        store.mark_stored(store.next_pending(), "etag")
        store.set_aside(store.next_pending(), "why")
        before = self.states(store)
        store.close()
        again = opened(self.folder)
        self.assertEqual(before, [(1, 1, "stored"), (1, 2, "set_aside"), (1, 3, "closed")])
        self.assertEqual(self.states(again), before)
        self.assertEqual((again.boot, opened(self.folder, 40).boot), (2, 41))

    def test_a_name_that_the_card_has_not_kept_is_missed(self):
        store = opened(self.folder)
        writer = store.open_next([], 1 << 24)
        store.confirm(writer.number)
        writer.abandon()
        os.remove(store.path(store.boot, writer.number))
        with self.assertRaises(OSError) as caught:
            store.confirm(writer.number)
        self.assertEqual(caught.exception.args[0], EBADMSG)

    def test_the_queue_is_oldest_first_and_carries_the_hashes(self):
        store = opened(self.folder)
        record_one(store)
        info = store.next_pending()
        self.assertEqual((info.boot, info.segment, info.size), (1, 1, os.stat(info.path)[6]))
        self.assertEqual((info.parts[0][0], info.md5, info.hashed), (info.sha256, info.parts[0][1], True))
        self.assertEqual((info.start_uptime_ms, info.utc_start_ms, info.frames), (100, 5100, 3))

    def test_an_upload_note_survives_until_the_segment_is_stored(self):
        store = opened(self.folder)
        record_one(store)
        info = store.next_pending()
        store.mark_uploading(info, 123, "an id")
        store.close()
        again = opened(self.folder)
        self.assertEqual(again.upload_note(info), (123, "an id"))
        again.mark_stored(info, "etag")
        self.assertEqual((again.upload_note(info), again.next_pending()), (None, None))

    def test_only_stored_segments_are_reclaimed(self):
        store = opened(self.folder)
        for _ in range(3):
            record_one(store)
        store.mark_stored(store.info(1), "etag")
        store.make_room(1 << 60)
        self.assertEqual(self.states(store), [(1, 1, "closed"), (1, 3, "closed")])
        self.assertEqual(sorted(os.listdir(self.folder.path + "/daylog/000001/000")), ["000001.mcap", "000003.mcap"])

    def test_a_change_is_on_the_card_before_anything_else_happens(self):
        store, sizes = opened(self.folder), []
        for change in (lambda: record_one(store), lambda: store.mark_stored(store.info(0), "etag"), lambda: store.keep(1, 1), store.idle):
            change()
            sizes.append(os.stat(self.folder.path + "/daylog/journal/000000.jnl")[6] // 512)
        self.assertEqual(sizes, [2, 3, 4, 5])

    def test_a_segment_is_in_the_journal_before_there_is_a_file(self):
        store, files = opened(self.folder), []
        note = store.ledger.note

        def look_and_note(*change):
            files.extend(store.files.all())
            note(*change)

        store.ledger.note = look_and_note
        writer = store.open_next([("boot", "1")], LIMIT)
        self.assertEqual((files, list(store.files.all())), ([], [(1, writer.number)]))
        writer.abandon()

    def test_a_removal_is_in_the_journal_before_it_is_done(self):
        store, known = opened(self.folder), []
        record_one(store)
        store.mark_stored(store.info(0), "etag")
        remove = store.files.remove

        def look_and_remove(boot, segment):
            known.append(opened(self.folder).ledger.kind(boot, segment))
            remove(boot, segment)

        store.files.remove = look_and_remove
        store.make_room(1 << 60)
        self.assertEqual(known, [0])

    def test_a_torn_last_record_is_a_change_that_did_not_happen(self):
        store = opened(self.folder)
        record_one(store)
        store.mark_stored(store.next_pending(), "etag")
        store.close()
        path = self.folder.path + "/daylog/journal/000000.jnl"
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data[:-200])
        again = opened(self.folder)
        self.assertEqual(self.states(again), [(1, 1, "closed")])
        again.mark_stored(again.next_pending(), "etag")
        again.close()
        self.assertEqual(self.states(opened(self.folder)), [(1, 1, "stored")])

    def end_of_boot(self, end):
        """A boot that does this and breaks off; what it was told of the boots before."""
        store = opened(self.folder)
        before, told = store.ledger.journal.end, store.broke_off
        end(store)
        records = store.ledger.journal.end - before
        store.close()
        return told, records

    def test_the_next_boot_is_told_how_the_recording_ended(self):
        ends = (record_one, lambda store: store.idle(), lambda store: (store.note_full(), store.note_full()), lambda store: None)
        self.assertEqual(
            [self.end_of_boot(end) for end in ends], [([], 2), ([(1, "")], 1), ([(1, "")], 1), ([(1, ""), (3, "card_full")], 0)]
        )

    def test_a_boot_whose_end_no_footage_tells_of_is_not_forgotten(self):
        """Not even by a copy of the index that is made meanwhile."""

        def save(store):
            store.note_full()
            for _ in store.ledger.saving():
                pass

        ends = (record_one, lambda store: store.note_full(), save, lambda store: store.note_full(), record_one, lambda store: None)
        told = [self.end_of_boot(end)[0] for end in ends]
        self.assertEqual(
            told[-3:], [[(1, ""), (2, "card_full"), (3, "card_full")], [(1, "")] + [(n, "card_full") for n in (2, 3, 4)], [(5, "")]]
        )

    def test_a_lost_journal_is_rebuilt_from_the_files(self):
        store = opened(self.folder)
        for _ in range(2):
            record_one(store)
        store.close()
        os.remove(self.folder.path + "/daylog/journal/000000.jnl")
        self.assertEqual(self.states(opened(self.folder)), [(1, 1, "found"), (1, 2, "open")])

    def test_the_index_on_the_card_saves_reading_the_journal(self):
        store = opened(self.folder)
        for _ in range(3):
            record_one(store)
        info = store.next_pending()
        store.mark_uploading(info, 9, "id")
        store.keep(1, 2)
        store.set_aside(info, "why")
        for _ in store.ledger.saving():
            pass
        before = self.states(store)
        store.close()
        with open(self.folder.path + "/daylog/journal/000000.jnl", "wb") as file:
            file.write(b"?" * 1000)
        again = opened(self.folder)
        self.assertEqual((self.states(again), again.upload_note(info), again.is_kept(1, 2)), (before, None, True))


class EntryTest(unittest.TestCase):
    def test_round_trip_and_every_damaged_byte_is_noticed(self):
        entry = journal.Entry(journal.CLOSED, 7, 8, 9, 10, 11, -12, bytes(range(32)), bytes(48 * 8))
        data = entry.encode()
        back = journal.decode(data)
        fields = ("kind", "boot", "segment", "size", "frames", "first_ms", "offset_ms", "sha256", "payload")
        self.assertEqual([getattr(back, f) for f in fields], [getattr(entry, f) for f in fields])
        damaged = [data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :] for i in range(0, 512, 7)]
        self.assertEqual([journal.decode(d) for d in damaged], [None] * len(damaged))


if __name__ == "__main__":
    unittest.main()
