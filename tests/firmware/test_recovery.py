# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import io
import os
import unittest

from folders import Folder
from test_segments import DEVICE, LIMIT, fill, opened

from firmware.chunk import IDENTITY_MAGIC
from firmware.files import exists
from firmware.reach import reach
from firmware.recovery import recover_open_segments, walk
from firmware.segment import head


def leave_open(folder, chunks=3):
    """A card on which a boot was cut off in its first segment; returns the file's path."""
    store = opened(folder)
    writer = store.open_next([("boot", str(store.boot)), ("utc_offset_ms", "5000"), ("commit_interval_ms", "2000")], LIMIT)
    for _ in range(chunks):
        fill(writer, store)
    writer.abandon()
    store.close()
    return store.path(store.boot, writer.number)


def cut(path, size):
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data[:size])


def recover(folder):
    store = opened(folder)
    reports = list(recover_open_segments(store, "power_on", DEVICE))
    states = [(boot, segment, state) for boot, segment, state, _ in store.list()]
    store.close()
    return reports, states


class RecoveryTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.remove()

    def walked(self, path):
        with open(path, "rb") as file:
            return walk(file, os.stat(path)[6])

    def test_a_whole_number_of_commits_is_closed_with_a_gap(self):
        path = leave_open(self.folder)
        reports, states = recover(self.folder)
        found = self.walked(path)
        gap = {"cause": "power_on", "frames": None, "from_uptime_ms": 300, "to_uptime_ms": None, "boot": 1, "limit_ms": 2000}
        self.assertEqual((reports, states), ([(1, 1, gap)], [(1, 1, "closed")]))
        self.assertEqual((found.is_closed, found.frames(), found.summary.chunks), (True, 9, 4))

    def test_a_walk_keeps_no_list_of_the_chunks(self):
        found = self.walked(leave_open(self.folder, chunks=40))
        self.assertEqual((found.summary.chunks, found.recent), (40, []))

    def test_chunks_behind_an_end_that_a_cut_has_moved_are_reached(self):
        path = leave_open(self.folder, chunks=5)
        with open(path, "rb") as file:
            data = file.read()
        ends = [at for at in range(512, len(data), 512) if data[at + 9 : at + 17] == IDENTITY_MAGIC]
        stale = data[: ends[2]] + data[ends[1] : ends[2]] + data[ends[3] :]
        reached = [reach(io.BytesIO(data), at, 1, 1) for at in ends + [len(data)]]
        others = [reach(io.BytesIO(data), ends[0], 1, 2), reach(io.BytesIO(data), ends[0], 2, 1)]
        self.assertEqual((len(ends), reached), (5, [len(data)] * 6))
        self.assertEqual((others, reach(io.BytesIO(stale), ends[0], 1, 1)), ([ends[0]] * 2, ends[2]))

    def test_a_torn_tail_is_wrapped_and_costs_its_chunk_only(self):
        """Torn padding does not even cost that."""
        path = leave_open(self.folder)
        size = os.stat(path)[6]
        for lost, frames in ((1, 9), (8, 9), (500, 6), (512, 6), (700, 6), (2000, 6)):
            cut(path, size - lost)
            recover(self.folder)
            found = self.walked(path)
            self.assertEqual((lost, found.is_closed, found.frames()), (lost, True, frames))
            self.tearDown()
            self.setUp()
            path = leave_open(self.folder)

    def test_a_file_that_lost_its_head_is_kept_as_it_is(self):
        """A computer can rebuild it; only what holds no chunk at all is removed."""
        path = leave_open(self.folder)
        for at, junk in ((0, bytes(512)), (90, b"\xff\x80\xfe" * 4), (30, b"\xff" * 8)):
            with open(path, "r+b") as file:
                file.seek(at)
                file.write(junk)
            before = os.stat(path)[6]
            reports, states = recover(self.folder)
            told = [(gap["cause"], gap["from_uptime_ms"]) for _, _, gap in reports]
            self.assertEqual((at, told, states, os.stat(path)[6]), (at, [("power_on", None)], [(1, 1, "closed")], before))
            self.tearDown()
            self.setUp()
            path = leave_open(self.folder)

    def test_a_head_may_have_any_length(self):
        """Also one in which a channel, not the last, ends on a sector boundary."""
        heads = [head([("device", "x" * n)])[0] for n in range(512)]
        self.assertEqual([walk(io.BytesIO(data), len(data)).head_bytes for data in heads], [len(data) for data in heads])

    def test_a_file_without_a_whole_head_is_rejected(self):
        for size in (0, 1, 8, 100, 1000):
            path = leave_open(self.folder)
            cut(path, size)
            reports, states = recover(self.folder)
            self.assertEqual((reports[-1][2]["cause"], reports[-1][2]["from_uptime_ms"]), ("power_on", None))
            self.assertEqual((size, states, exists(path)), (size, [], False))

    def test_recovery_can_be_cut_and_run_again(self):
        path = leave_open(self.folder)
        whole = os.stat(path)[6]
        cut(path, whole - 700)
        recover(self.folder)
        with open(path, "rb") as file:
            repaired = file.read()
        os.remove(self.folder.path + "/daylog/journal/000000.jnl")
        for size in range(whole - 512, len(repaired), 211):
            with open(path, "wb") as file:
                file.write(repaired[:size])
            store = opened(self.folder)
            list(recover_open_segments(store, "power_on", DEVICE))
            store.close()
            found = self.walked(path)
            self.assertEqual((size, found.is_closed, found.frames()), (size, True, 6))
            os.remove(self.folder.path + "/daylog/journal/000000.jnl")

    def test_a_file_closed_but_not_journalled_is_taken_as_it_is(self):
        path = leave_open(self.folder)
        recover(self.folder)
        with open(path, "rb") as file:
            before = file.read()
        os.remove(self.folder.path + "/daylog/journal/000000.jnl")
        reports, states = recover(self.folder)
        with open(path, "rb") as file:
            self.assertEqual((file.read() == before, reports, states), (True, [(1, 1, None)], [(1, 1, "closed")]))

    def test_a_bad_crc_in_the_last_commit_ends_the_file_there(self):
        path = leave_open(self.folder)
        with open(path, "r+b") as file:
            file.seek(file.read().rfind(b"DAYLOGCK") + 200)
            file.write(b"\x55")
        recover(self.folder)
        found = self.walked(path)
        self.assertEqual((found.is_closed, found.frames()), (True, 6))


if __name__ == "__main__":
    unittest.main()
