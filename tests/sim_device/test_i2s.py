# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated I2S bus: lots of 256 frames, the newest of them where nobody listens, a click at each full second."""

import unittest

from fakes import Trace

from sim.device.clicks import write_samples
from sim.device.clock import Clock
from sim.device.i2s import make_i2s
from sim.device.waitable import POLLIN

PINS = {"sck": 41, "ws": 42, "sd": 2}
RATE_HZ = 16_000
LOT_US = 16_000


class Wire:
    def __init__(self, number):
        self._number = number


class TestI2s(unittest.TestCase):
    def bus(self, **changed):
        self.clock = Clock(0, 0)
        I2S = make_i2s({"pins": PINS}, self.clock, 0, Trace())
        pins = {name: Wire(PINS[name]) for name in PINS}
        how = {"mode": I2S.RX, "bits": 16, "format": I2S.MONO, "rate": RATE_HZ, "ibuf": 32_000}
        how.update(pins)
        how.update(changed)
        return I2S(0, **how)

    def test_it_gives_whole_lots_and_says_when(self):
        bus, block, found = self.bus(), memoryview(bytearray(800)), []
        for us in (LOT_US - 1, 1, 0, 2 * LOT_US, 0):
            self.clock.now_us += us
            found.append((bus.ready(POLLIN), bus.readinto(block)))
        self.assertEqual(found, [(0, 0), (1, 512), (0, 0), (1, 800), (1, 224)])

    def test_it_keeps_the_newest_where_nobody_listens(self):
        bus, block = self.bus(), memoryview(bytearray(16_000))
        self.clock.now_us += 1_000_000
        sizes = bus.readinto(block), bus.readinto(block)
        self.assertEqual((sizes, block[0]), ((8_000, 0), 0))  # the click at 0 is gone

    def test_a_click_is_where_the_second_is(self):
        heard = memoryview(bytearray(2 * RATE_HZ))
        write_samples(heard, RATE_HZ - 100, RATE_HZ, 0)
        loud = [at for at in range(RATE_HZ) if heard[2 * at] or heard[2 * at + 1]]
        self.assertEqual((loud[0], loud[-1], len(loud)), (100, 179, 80))

    def test_a_click_may_begin_before_what_is_asked_for(self):
        heard = memoryview(bytearray(200))
        write_samples(heard, RATE_HZ + 79, RATE_HZ, 0)
        self.assertEqual([bool(heard[0] | heard[1]), bool(heard[2] | heard[3])], [True, False])

    def test_other_pins_are_silent(self):
        bus, block = self.bus(sd=Wire(7)), memoryview(bytearray(b"x" * 32_000))
        self.clock.now_us += 500_000
        size = bus.readinto(block)
        self.assertEqual((size, bytes(block[:size])), (8_000, bytes(8_000)))

    def test_what_is_not_simulated_is_refused(self):
        for changed in ({"bits": 32}, {"mode": 1}, {"format": 1}):
            with self.assertRaises(ValueError):
                self.bus(**changed)
