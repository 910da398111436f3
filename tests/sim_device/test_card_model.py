# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import struct
import unittest

from fakes import Trace, image

from sim.device.card import CardModel
from sim.device.clock import Clock

SECTORS = 64
TIMES = {"write_kbps_internal": 1000, "write_kbps_psram": 250, "read_kbps": 2000, "command_us": 500}
CALM = dict(TIMES, spike_every_ms=10_000_000, spike_min_ms=1, spike_max_ms=1)
NERVOUS = dict(TIMES, spike_every_ms=100, spike_min_ms=40, spike_max_ms=120)


def entries(log):
    """(sector, old bytes) of each write in an undo log."""
    data, at, found = log.getvalue(), 0, []
    while True:
        sector, count = struct.unpack_from("<II", data, at)
        if not count:
            return found
        found.append((sector, data[at + 8 : at + 8 + 512 * count]))
        at += 8 + 512 * count


class Observer:
    def __init__(self, seen):
        self._seen = seen

    def write(self, sector, data):
        self._seen.append((sector, bytes(data[:1])))

    def sync(self):
        self._seen.append("sync")


class TestCardModel(unittest.TestCase):
    def setUp(self):
        self.make()

    def make(self, times=CALM, seed=1):
        self.clock, self.trace = Clock(0, 0), Trace()
        self.file, self.undo = image(SECTORS * 512), image(8)
        self.card = CardModel(self.file, self.undo, SECTORS, times, self.clock, self.trace, seed)

    def test_what_is_written_can_be_read(self):
        buffer = bytearray(1024)
        self.assertEqual((self.card.write(3, b"a" * 1024), self.card.read(3, buffer)), (0, 0))
        self.assertEqual(bytes(buffer), b"a" * 1024)

    def test_the_time_it_takes(self):
        took = []
        for size in (512, 8192, 16384):
            start_us = self.clock.now_us
            self.card.write(0, bytes(size))
            took.append(self.clock.now_us - start_us)
        start_us = self.clock.now_us
        self.card.read(0, bytearray(8192))
        self.assertEqual(took + [self.clock.now_us - start_us], [1012, 8692, 66036, 4596])

    def test_the_log_is_complete_after_every_write(self):
        seen = []
        for letter in (b"a", b"b", b"c"):
            self.card.write(5, letter * 512)
            seen.append([(sector, old[:1]) for sector, old in entries(self.undo)])
        self.assertEqual(seen[2], [(5, b"\0"), (5, b"a"), (5, b"b")])
        self.assertEqual(seen[1], seen[2][:2])

    def test_a_sync_empties_the_log(self):
        self.card.write(5, b"a" * 1024)
        self.card.write(9, b"b" * 512)
        self.card.sync()
        self.assertEqual(entries(self.undo), [])
        self.card.write(6, b"c" * 512)
        self.assertEqual(entries(self.undo), [(6, b"a" * 512)])
        self.assertEqual(self.trace.told, [("card_sync", ("bytes", 1536), ("writes", 2))])

    def test_a_power_cut_may_fall_into_a_write(self):
        self.card.write(5, b"a" * 512)
        self.card.sync()
        at_the_cut = []
        self.clock.at(self.clock.now_us + 100, lambda: at_the_cut.append(entries(self.undo)))
        self.card.write(5, b"b" * 512)
        self.assertEqual(at_the_cut, [[(5, b"a" * 512)]])

    def test_spikes_are_seeded(self):
        def run(seed):
            self.make(NERVOUS, seed)
            for _ in range(200):
                self.card.write(0, bytes(512))
            return self.trace.told, self.clock.now_us

        first, again, other = run(1), run(1), run(2)
        self.assertEqual(first, again)
        self.assertTrue(first != other)
        self.assertTrue(all(what == "card_spike" and 40 <= pair[1] <= 120 for what, pair in first[0]))

    def test_out_of_range(self):
        self.assertEqual([self.card.write(SECTORS, bytes(512)), self.card.read(SECTORS - 1, bytearray(1024))], [-22, -22])
        self.assertEqual([self.card.write(-1, bytes(512)), self.card.write(0, bytes(100))], [-22, -22])

    def test_an_observer_sees_every_write(self):
        seen = []
        self.card.observer = Observer(seen)
        self.card.write(1, b"a" * 512)
        self.card.sync()
        self.card.write(2, b"b" * 512)
        self.assertEqual(seen, [(1, b"a"), "sync", (2, b"b")])


if __name__ == "__main__":
    unittest.main()
