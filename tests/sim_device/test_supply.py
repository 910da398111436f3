# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What each part of a board draws from its cell, the gauge on its bus, and the wearer's button."""

import unittest

from fakes import Trace

from sim.device.button import Button
from sim.device.chips.max17048 import Max17048
from sim.device.clock import Clock
from sim.device.supply import Supply, on_the_bus

HOUR_US = 3_600_000_000
BOARD = {
    "power": {"radio_ma": 90},
    "sim": {"loads": {"idle_ma": 40, "radio_idle_ma": 20, "deep_sleep_ma": 4}},
}


class FakeEnding:
    def __init__(self):
        self.reasons = []

    def end(self, reason):
        self.reasons.append(reason)


class TestSupply(unittest.TestCase):
    def setUp(self):
        self.clock, self.trace, self.ending = Clock(0, 0), Trace(), FakeEnding()

    def supply(self, **about):
        usual = {"capacity_mah": 1000, "left_mah": 1000, "age": 0, "resistance_milliohm": 150, "celsius": 20, "used_mwh": 0}
        usual.update({"brownout_mv": 3000, "percent": 100, "surroundings": [[0, 20, 0]]})
        usual.update(about)
        return Supply(usual, BOARD, self.clock, self.trace, self.ending)

    def test_the_parts_add_up(self):
        supply, drawn = self.supply(), []
        for change in (lambda: supply.camera({"current_ma": 180}), lambda: supply.radio(True), lambda: supply.camera(None)):
            change()
            drawn.append(supply.power.load_ma())
        self.assertEqual(drawn, [180, 200, 60])

    def test_a_time_lapse_draws_its_average_in_its_pictures(self):
        supply = self.supply()
        supply.camera({"current_ma": 42, "every_s": 70})
        self.assertEqual(supply.power.load_ma(), 40 + 2 * 100)

    def test_a_board_may_draw_more_than_its_data_says(self):
        supply = self.supply(percent=125)
        supply.camera({"current_ma": 180})
        self.assertEqual(supply.power.load_ma(), 225)

    def test_sending_costs_what_it_takes(self):
        supply = self.supply()
        supply.radio(True)
        for _ in range(3600):
            self.clock.advance_us(1_000_000)
            supply.sends(500_000)
        self.assertEqual(round(1000 - supply.power.report()["left_mah"]), 40 + 20 + 35)

    def test_surroundings_change_in_steps(self):
        supply = self.supply(left_mah=500, surroundings=[[0, 20, 0], [HOUR_US, 20, 500], [2 * HOUR_US, 20, 0]])
        charges = []
        for _ in range(3):
            charges.append(supply.power.external_mv)
            self.clock.advance_us(HOUR_US)
        self.assertEqual(charges, [0, 5000, 0])

    def test_an_empty_cell_ends_the_boot(self):
        self.supply(left_mah=1, brownout_mv=3200)
        self.clock.advance_us(HOUR_US)
        self.assertTrue("brownout" in self.ending.reasons)

    def test_the_gauge_that_the_board_names_is_on_its_bus(self):
        supply = self.supply()
        chips = on_the_bus({"chip": "max17048", "scl": 6, "sda": 5}, supply.power)
        self.assertEqual(([(at, type(chips[at])) for at in chips], on_the_bus(None, supply.power)), ([(0x36, Max17048)], {}))

    def test_it_tells_every_ten_seconds(self):
        self.supply()
        self.clock.advance_us(10_000_000)
        self.assertEqual([what for what, *_ in self.trace.told], ["battery", "current", "warmth"])


class TestButton(unittest.TestCase):
    def test_it_is_low_while_it_is_pressed(self):
        clock, levels, falls = Clock(0, 0), [], []
        button = Button([[1000, 2], [9000, 1]], clock)
        button.on_fall(lambda: falls.append(clock.now_us))
        for at_us in (0, 1000, 2999, 3000, 9500):
            clock.advance_to(at_us)
            levels.append(button.level())
        self.assertEqual((levels, falls), ([1, 0, 0, 1, 0], [1000, 9000]))
