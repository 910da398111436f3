# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated OV5640: what its registers say of the picture, and what it refuses."""

import unittest

from sim.device.chips.ov5640 import AF_FIRMWARE_BYTES, Ov5640


class TestOv5640(unittest.TestCase):
    def setUp(self):
        self.changes = []
        self.chip = Ov5640(lambda: self.changes.append(1))
        self.chip.clock(24_000_000)

    def write(self, register, *values):
        self.chip.take(bytes((register >> 8, register & 0xFF)) + bytes(values))

    def read(self, register):
        value = bytearray(1)
        self.chip.take(bytes((register >> 8, register & 0xFF)))
        self.chip.give(value)
        return value[0]

    def test_it_says_who_it_is(self):
        self.assertEqual([self.read(0x300A), self.read(0x300B)], [0x56, 0x40])

    def test_it_moves_on_through_its_registers(self):
        self.write(0x3808, 0x01, 0x40, 0x00, 0xF0)
        self.assertEqual((self.chip.width, self.chip.height, self.read(0x3809)), (320, 240, 0x40))

    def test_the_rate_follows_from_clock_and_totals(self):
        self.write(0x3034, 0x1A, 0x41, 0xB4, 0x02)  # 24 MHz / 2 * 180 / 4 * 2 / 5 = 216 MHz, a quarter of it for the array
        self.write(0x380C, 0x08, 0x0C, 0x03, 0xD8)  # 2060 clocks, 984 lines
        self.write(0x3108, 0x26)
        self.write(0x3824, 0x04)
        self.write(0x460C, 0x22)
        self.assertEqual((self.chip.period_us, self.chip.pclk_hz), (37537, 13_500_000))

    def test_it_streams_while_it_has_power_and_clock(self):
        seen = []
        for change in (
            lambda: self.write(0x3008, 0x42),
            lambda: self.write(0x3008, 0x02),
            lambda: self.chip.powerdown(1),
            lambda: self.chip.powerdown(0),
            lambda: self.chip.clock(0),
        ):
            change()
            seen.append((self.chip.is_streaming, self.chip.answers()))
        self.assertEqual(seen, [(False, True), (True, True), (False, False), (True, True), (False, False)])

    def test_a_reset_forgets(self):
        for reset in (lambda: self.write(0x3008, 0x82), lambda: self.chip.reset(0)):
            self.write(0x4407, 0x10)
            before = self.chip.quality
            reset()
            self.assertEqual((before, self.chip.quality), (0x10, 4))

    def test_a_register_that_it_does_not_have_is_refused(self):
        for access in (lambda: self.write(0x3010, 1), lambda: self.read(0x6000)):
            with self.assertRaises(ValueError):
                access()

    def test_it_focuses_with_its_firmware_only(self):
        acknowledged = []
        for load in (False, True):
            if load:
                self.write(0x3000, 0x20)
                self.write(0x8000, *bytes(AF_FIRMWARE_BYTES))
                self.write(0x3000, 0x00)
            self.write(0x3023, 1)
            self.write(0x3022, 0x03)
            acknowledged.append((self.read(0x3023), self.read(0x3029), self.read(0x3024)))
        self.assertEqual(acknowledged, [(1, 0x7F, 0), (0, 0x10, 1)])

    def test_the_lens_goes_where_it_is_told(self):
        self.test_it_focuses_with_its_firmware_only()
        self.write(0x3028, 200)
        self.write(0x3022, 0x1A)
        step = self.chip.focus[1]
        self.write(0x3022, 0x08)
        self.assertEqual((step, self.chip.focus), (200, (0x70, 0)))

    def test_firmware_goes_nowhere_while_its_processor_runs(self):
        self.write(0x3000, 0x00)
        with self.assertRaises(ValueError):
            self.write(0x8000, 1)

    def test_whoever_waits_for_a_change_is_called(self):
        self.changes.clear()
        self.write(0x503D, 0x80)
        self.read(0x503D)
        self.assertEqual((self.changes, self.chip.shows_test_pattern), ([1], True))


if __name__ == "__main__":
    unittest.main()
