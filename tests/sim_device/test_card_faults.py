# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from fakes import Trace, image

from sim.device.card_faults import FaultyCard
from sim.device.clock import Clock

SECTORS = 64
TIMES = {"write_kbps_internal": 1000, "write_kbps_psram": 250, "read_kbps": 2000, "command_us": 500}
CALM = dict(TIMES, spike_every_ms=10_000_000, spike_min_ms=1, spike_max_ms=1)
WRITE_US, READ_US = 1012, 756  # of one sector


class TestFaultyCard(unittest.TestCase):
    def make(self, *faults, start_us=0):
        self.clock, self.trace = Clock(start_us, 0), Trace()
        self.second = image(SECTORS * 512)
        card = (image(SECTORS * 512), image(8), SECTORS, CALM, self.clock, self.trace, 1)
        self.card = FaultyCard(*card, faults, (self.second, image(8)))

    def write(self, sector=0, letter=b"a", count=1):
        return self.card.write(sector, letter * 512 * count)

    def read(self, sector=0):
        buffer = bytearray(512)
        return self.card.read(sector, buffer), bytes(buffer[:1])

    def test_by_number(self):
        self.make({"kind": "write-error", "first": 2, "last": 3}, {"kind": "read-error", "first": 1, "last": 1})
        self.assertEqual([self.write() for _ in range(4)], [0, -5, -5, 0])
        self.assertEqual([self.read()[0] for _ in range(2)], [-5, 0])
        self.assertEqual([told[1] for told in self.trace.told], [("kind", "write-error"), ("kind", "read-error")])

    def test_by_time(self):
        self.make({"kind": "write-protected", "from_us": 5_000, "to_us": 9_000})
        results = []
        for at_us in (0, 5_000, 9_000):
            self.clock.advance_to(at_us)
            results.append((self.write(), self.read()[0]))
        self.assertEqual(results, [(0, 0), (-5, 0), (0, 0)])

    def test_a_lie_is_not_kept(self):
        self.make({"kind": "lie", "first": 2, "last": 2})
        self.assertEqual([self.write(letter=letter) for letter in (b"a", b"b")], [0, 0])
        self.assertEqual((self.read(), self.clock.now_us), ((0, b"a"), 2 * WRITE_US + READ_US))

    def test_a_stall_happens_once(self):
        self.make({"kind": "stall", "value": 0.5, "from_us": 2_000})
        ends = []
        for _ in range(4):
            self.write()
            ends.append(self.clock.now_us)
        self.assertEqual(ends, [1012, 2024, 503_036, 504_048])

    def test_a_stall_of_an_earlier_boot_is_over(self):
        self.make({"kind": "stall", "value": 0.5, "from_us": 2_000}, start_us=3_000)
        self.write()
        self.assertEqual(self.clock.now_us, 3_000 + WRITE_US)

    def test_one_that_hangs_is_stopped_by_nothing_but_an_alarm(self):
        self.make({"kind": "hang"})
        rung = []
        self.clock.at(30_000_000, lambda: rung.append(self.clock.now_us))
        self.write()
        self.assertEqual(rung, [30_000_000])

    def test_a_flip_is_one_bit(self):
        self.make({"kind": "flip", "value": 2, "last": 3})
        buffers = [bytearray(512) for _ in range(4)]
        for buffer in buffers:
            self.card.read(0, buffer)
        self.assertEqual([sum(bin(byte).count("1") for byte in buffer) for buffer in buffers], [0, 1, 0, 0])

    def test_it_is_pulled_out_in_mid_write_and_put_in_again(self):
        self.make({"kind": "gone", "from_us": 2_400, "to_us": 9_000})
        self.assertEqual((self.card.answers(), self.write(4, b"a", 4)), (True, -5))  # one sector takes 637 us
        self.assertEqual((self.card.answers(), self.read(4)[0], self.clock.now_us), (False, -5, 2_400))
        self.clock.advance_to(9_000)
        self.assertEqual((self.card.answers(), [self.read(n)[1] for n in range(4, 8)]), (True, [b"a"] * 3 + [b"\0"]))

    def test_another_card_is_put_in(self):
        self.make({"kind": "swap", "from_us": 2_000, "to_us": 9_000})
        self.write(letter=b"a")
        self.clock.advance_to(9_000)
        self.assertEqual((self.read(), self.write(letter=b"b"), self.read()), ((0, b"\0"), 0, (0, b"b")))
        self.assertEqual(self.second.getvalue()[:1], b"b")

    def test_another_card_is_in_since_an_earlier_boot(self):
        self.make({"kind": "swap", "from_us": 2_000, "to_us": 9_000}, start_us=20_000)
        self.write(letter=b"b")
        self.assertEqual(self.second.getvalue()[:1], b"b")

    def test_what_is_beyond_the_capacity_is_the_beginning_again(self):
        self.make({"kind": "wrap", "value": 8})
        self.assertEqual(self.card.write(6, b"a" * 1024 + b"b" * 1024), 0)
        self.assertEqual([self.read(n)[1] for n in (6, 7, 8, 0, 1, 9, 16, 2)], [b"a", b"a", b"b", b"b", b"b", b"b", b"b", b"\0"])


if __name__ == "__main__":
    unittest.main()
