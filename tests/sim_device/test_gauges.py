# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The gauges' drivers over the simulated bus, against chips that are modelled register by register."""

import unittest

from hal.drivers import open_gauge
from hal.drivers.axp2101 import Axp2101
from hal.drivers.ina219 import Ina219
from hal.drivers.max17048 import Max17048
from hal.drivers.pisugar3 import Pisugar3
from sim.device.chips import axp2101, ina219, max17048, pisugar3
from sim.device.clock import Clock
from sim.device.i2c import make_i2c


class Source:
    """A battery that is what it is told to be."""

    battery_mv, percent, percent_per_hour, current_ma, external_mv = 3700, 50, -12, -180, 0


def told(gauge):
    gauge.read()
    return gauge.battery_mv, gauge.percent, gauge.current_ma, gauge.external


class TestGauges(unittest.TestCase):
    def setUp(self):
        self.source, self.clock = Source(), Clock(0, 0)
        self.chips = {}
        self.bus = make_i2c((5, 4), self.chips, self.clock)(0, scl=5, sda=4)

    def test_max17048_tells_voltage_and_percentage(self):
        self.chips[0x36] = max17048.Max17048(self.source)
        gauge, got = Max17048(self.bus), []
        for self.source.battery_mv, self.source.percent in ((2500, 0), (3700, 49.9), (4200, 100), (4205, 101.5)):
            got.append(told(gauge))
        self.assertEqual(got, [(2500, 0, None, None), (3700, 49, None, None), (4200, 100, None, None), (4205, 100, None, None)])

    def test_max17048_tells_of_a_charger_by_what_it_puts_in(self):
        self.chips[0x36] = max17048.Max17048(self.source)
        gauge, got = Max17048(self.bus), []
        for self.source.percent_per_hour in (-100, -0.3, 0, 0.9, 1.1, 60):
            got.append(told(gauge)[3])
        self.assertEqual(got, [None, None, None, None, True, True])

    def test_pisugar3_tells_of_the_battery_and_the_charger(self):
        self.chips[0x57] = pisugar3.Pisugar3(self.source)
        gauge, got = Pisugar3(self.bus), []
        for self.source.battery_mv, self.source.percent, self.source.external_mv in ((3071, 0, 0), (3072, 50.9, 5000), (4200, 101, 5000)):
            got.append(told(gauge))
        self.assertEqual(got, [(3071, 0, None, False), (3072, 50, None, True), (4200, 100, None, True)])

    def test_pisugar3_is_not_read_while_its_voltage_changes(self):
        self.chips[0x57] = chip = pisugar3.Pisugar3(self.source)
        gauge, read, voltages = Pisugar3(self.bus), chip.read, [3072, 3071, 3071, 3071]

        def sags(register, buffer):
            if register in (0x22, 0x23):
                self.source.battery_mv = voltages.pop(0)
            read(register, buffer)

        chip.read = sags
        self.assertEqual(told(gauge)[0], 3071)

    def test_one_that_is_wired_otherwise_is_found(self):
        self.chips[0x42] = ina219.Ina219(self.source, 10)
        gauge = open_gauge({"chip": "ina219", "address": 0x42, "shunt_milliohm": 10}, self.bus)
        self.assertEqual(told(gauge)[2], -180)

    def test_what_is_no_pisugar3_is_refused(self):
        for chip in (None, ina219.Ina219(self.source)):
            self.chips.clear()
            if chip:
                self.chips[0x57] = chip
            with self.assertRaises((OSError, ValueError)):
                Pisugar3(self.bus)

    def test_ina219_tells_the_sign_of_the_current(self):
        self.chips[0x40] = ina219.Ina219(self.source)
        gauge, got = Ina219(self.bus), []
        for self.source.current_ma in (-3000, -180, 0, 500):
            got.append(told(gauge))
        self.assertEqual(got, [(3700, None, ma, None) for ma in (-3000, -180, 0, 500)])

    def test_ina219_calibrates_again_after_its_supply_has_blinked(self):
        self.chips[0x40] = ina219.Ina219(self.source)
        gauge = Ina219(self.bus)
        self.chips[0x40] = ina219.Ina219(self.source)
        self.assertEqual(told(gauge)[2], -180)

    def test_ina219_refuses_a_current_beyond_its_range(self):
        self.chips[0x40] = ina219.Ina219(self.source)
        gauge, self.source.current_ma = Ina219(self.bus), -4000
        with self.assertRaises(OSError):
            gauge.read()

    def test_axp2101_tells_whether_there_is_a_charger(self):
        self.chips[0x34] = axp2101.Axp2101(self.source)
        gauge = Axp2101(self.bus)
        got = [told(gauge)]
        self.source.external_mv = 5000
        got.append(told(gauge))
        self.assertEqual(got, [(3700, 50, None, False), (3700, 50, None, True)])

    def test_axp2101_charges_once_it_is_told_that_there_is_no_thermistor(self):
        self.chips[0x34] = axp2101.Axp2101(self.source)
        before = self.source.charges
        Axp2101(self.bus)
        self.assertEqual((before, self.source.charges), (False, True))

    def test_axp2101_switches_rails(self):
        changes = []
        chip = self.chips[0x34] = axp2101.Axp2101(self.source, on_rails=lambda: changes.append(chip.rail_mv("aldo1")))
        power = Axp2101(self.bus)
        power.rail("aldo1", 1800)
        power.rail("aldo1", 0)
        self.assertEqual((changes[-2:], chip.rail_mv("aldo2")), ([1800, 0], 0))
        for wrong in (("aldo9", 1800), ("aldo1", 1850), ("aldo1", 5000)):
            with self.assertRaises(ValueError):
                power.rail(wrong[0], wrong[1])

    def test_axp2101_switches_the_board_off(self):
        off = []
        self.chips[0x34] = axp2101.Axp2101(self.source, on_off=lambda: off.append(True))
        Axp2101(self.bus).power_off()
        self.assertEqual(off, [True])

    def test_another_chip_at_the_address_is_refused(self):
        self.chips[0x34] = self.chips[0x36] = max17048.Max17048(self.source)
        self.chips[0x36]._fixed[0x08] = 0x5555
        for driver in (Max17048, Axp2101):
            with self.assertRaises((OSError, ValueError)):
                driver(self.bus)

    def test_nobody_answers(self):
        for driver in (Max17048, Ina219, Axp2101):
            with self.assertRaises(OSError):
                driver(self.bus)

    def test_the_wrong_pins_reach_nobody(self):
        self.chips[0x36] = max17048.Max17048(self.source)
        self.assertEqual(make_i2c((5, 4), self.chips, self.clock)(0, scl=1, sda=2).scan(), [])

    def test_a_register_that_is_not_there_is_an_error(self):
        chips = max17048.Max17048(self.source), ina219.Ina219(self.source), axp2101.Axp2101(self.source)
        for chip in chips:
            with self.assertRaises(ValueError):
                chip.read(0xFC, bytearray(2))
            with self.assertRaises(ValueError):
                chip.write(0xFC, b"\0\0")

    def test_a_reading_takes_its_time_on_the_bus(self):
        self.chips[0x36] = max17048.Max17048(self.source)
        gauge = Max17048(self.bus)
        before_us = self.clock.now_us
        gauge.read()
        self.assertEqual(self.clock.now_us - before_us, 3 * (5 * 9 * 1_000_000 // 400_000))
