# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The physics of a simulated recorder: cell, warmth, and who draws what."""

import unittest

from fakes import Trace

from sim.device.battery import FULL_MV, OPEN_MV, Battery, between
from sim.device.clock import Clock
from sim.device.power import LOOK_US, Power
from sim.device.warmth import Warmth

HOUR_US = 3_600_000_000


class TestBattery(unittest.TestCase):
    def test_between_is_linear_and_level_at_the_ends(self):
        self.assertEqual([between(((0, 10), (10, 20)), x) for x in (-5, 0, 5, 10, 99)], [10, 10, 15, 20, 20])

    def test_a_steady_load_empties_it_in_capacity_over_current(self):
        cell = Battery(1000)
        cell.flow(200, 0, 4 * 3600, 25)
        self.assertEqual(round(cell.percent()), 20)
        cell.flow(200, 0, 3600 + 600, 25)
        self.assertEqual(cell.left_mah, 0)

    def test_voltage_falls_with_charge_load_cold_and_age(self):
        states = [
            (Battery(1000, 0.5), 0, 25),
            (Battery(1000, 0.5), -500, 25),
            (Battery(1000, 0.5), -500, -10),
            (Battery(1000, 0.5, age=1), -500, -10),
        ]
        volts = [cell.terminal_mv(ma, celsius) for cell, ma, celsius in states]
        self.assertEqual(volts, sorted(volts)[::-1])
        self.assertEqual(volts[0], between(OPEN_MV, 50))

    def test_charging_is_constant_current_then_constant_voltage_and_ends_full(self):
        cell, currents = Battery(1000, 0.0), []
        for _ in range(12):
            currents.append(round(cell.current_ma(0, 500, 25)))
            cell.flow(0, 500, 1800, 25)
        self.assertEqual((currents[0], currents == sorted(currents)[::-1]), (500, True))
        self.assertTrue(currents[-1] < 50 and cell.percent() > 95)
        self.assertTrue(cell.open_mv(25) <= FULL_MV)

    def test_a_weak_charger_slows_the_discharge_only(self):
        self.assertEqual(Battery(1000, 0.5).current_ma(200, 150, 25), -50)

    def test_it_is_not_charged_in_frost(self):
        self.assertEqual(Battery(1000, 0.5).current_ma(0, 500, -1), 0)

    def test_warm_again_it_gives_what_the_cold_had_locked_up(self):
        cell = Battery(1000, 0.5)
        self.assertTrue(cell.usable_percent(-10) < 35)
        self.assertEqual(round(cell.usable_percent(25)), 50)


class TestWarmth(unittest.TestCase):
    def test_it_reaches_ambient_plus_power_times_resistance(self):
        board = Warmth(20)
        board.flow(1000, 20, 600)
        self.assertTrue(38 < board.celsius < 40)  # 63 % of 30 K
        board.flow(1000, 20, 36_000)
        self.assertEqual(round(board.celsius), 50)

    def test_the_step_does_not_matter(self):
        once, often = Warmth(20), Warmth(20)
        once.flow(800, 20, 900)
        for _ in range(90):
            often.flow(800, 20, 10)
        self.assertEqual(round(once.celsius, 6), round(often.celsius, 6))


class TestPower(unittest.TestCase):
    def setUp(self):
        self.clock, self.trace = Clock(0, 0), Trace()
        self.around = 20, 0
        self.browned = []

    def power(self, cell, **loads):
        power = Power(self.clock, cell, Warmth(20), lambda now_us: self.around, loads, self.trace, 3200)
        power.on_brownout = lambda: self.browned.append(self.clock.now_us)
        return power

    def test_it_settles_what_each_part_drew(self):
        cell = Battery(1000)
        power = self.power(cell, awake=100)
        self.clock.advance_us(HOUR_US)
        power.draw("camera", 100)
        self.clock.advance_us(HOUR_US)
        self.assertEqual((power.current_ma, round(power.percent)), (-200, 70))

    def test_who_looks_in_the_middle_of_a_pulse_sees_no_more_than_it_draws(self):
        cell = Battery(1000)
        power = self.power(cell, awake=100)
        power.pulse(80, 5_000_000)
        seen = []
        for _ in range(6):
            self.clock.advance_us(1_000_000)
            seen.append(power.current_ma)
        self.assertEqual(seen, [-180] * 5 + [-100])
        self.assertEqual(round(cell.left_mah * 3600), 3_600_000 - 5 * 180 - 100)

    def test_a_charger_shows_and_charges(self):
        cell = Battery(1000, 0.5)
        power = self.power(cell, awake=100)
        self.around = 20, 500
        self.clock.advance_us(HOUR_US)
        self.assertEqual(power.external_mv, 5000)
        self.assertTrue(cell.percent() > 75)

    def test_a_chip_that_may_not_charge_feeds_the_board_only(self):
        self.around = 20, 500
        power = self.power(Battery(1000, 0.5), awake=100)
        power.charges = False
        self.clock.advance_us(HOUR_US)
        self.assertEqual((power.current_ma, round(power.report()["left_mah"])), (0, 500))

    def test_a_slow_decline_ends_in_a_brownout(self):
        self.power(Battery(100, 0.05), awake=200)
        self.clock.advance_us(HOUR_US)
        self.assertTrue(self.browned and self.browned[0] % LOOK_US == 0)

    def test_the_inrush_of_a_part_may_be_what_breaks_it(self):
        cell = Battery(1000, 0.06, age=1)
        power = self.power(cell, awake=30)
        power.draw("wifi", 340)
        self.assertEqual(self.browned, [0])

    def test_the_next_boot_goes_on_from_the_report(self):
        power = self.power(Battery(1000, 0.5), awake=100)
        self.clock.advance_us(HOUR_US)
        self.assertEqual(power.report()["left_mah"], 400)
