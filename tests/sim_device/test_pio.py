# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# ruff: noqa: F821  the assembler's words
"""PIO programs on the lines of a sensor: what samples them right is told from what does not."""

import unittest

from sim.device.rp2.parallel import PATTERN, Wiring, beginning
from sim.device.rp2.pio import SHIFT_RIGHT, PIOASMError, Run, asm_pio

PINS = {"data_pins": [4, 5, 6, 7, 8, 9, 10, 11], "pclk_pin": 12, "href_pin": 13, "vsync_pin": 14}
ALL = range(4, 15)


@asm_pio(autopush=True, push_thresh=8)
def at_the_rise():
    wait(1, pin, 10)
    wait(0, pin, 10)
    wrap_target()
    wait(1, pin, 9)
    wait(1, pin, 8)
    in_(pins, 8)
    wait(0, pin, 8)
    wrap()


@asm_pio(autopush=True, push_thresh=8)
def without_href():
    wait(1, pin, 10)
    wait(0, pin, 10)
    wrap_target()
    wait(1, pin, 8)
    in_(pins, 8)
    wait(0, pin, 8)


@asm_pio(autopush=True, push_thresh=32, in_shiftdir=SHIFT_RIGHT)
def by_fours():
    wait(1, gpio, 14)
    wait(0, gpio, 14)
    wrap_target()
    wait(1, gpio, 13)
    wait(1, gpio, 12)
    in_(pins, 8)
    wait(0, gpio, 12)


@asm_pio(autopush=True, push_thresh=8)
def slowly():
    wait(1, pin, 10)
    wait(0, pin, 10)
    wrap_target()
    wait(1, pin, 9)
    wait(1, pin, 8)
    nop()
    nop()
    nop()
    nop()
    in_(pins, 8)
    wait(0, pin, 8)


def pushed(program, half_clocks=6, vsync_is_high=True, open_pins=ALL):
    run = Run(program, 4)
    for levels in beginning(Wiring(PINS), half_clocks, vsync_is_high, open_pins):
        run.clock(levels)
    return run.pushed


class TestPio(unittest.TestCase):
    def test_bytes_are_taken_when_the_pixel_clock_rises_within_a_line(self):
        self.assertEqual(bytes(pushed(at_the_rise)), PATTERN)

    def test_the_gaps_between_lines_are_not_the_picture(self):
        self.assertTrue(bytes(pushed(without_href)) != PATTERN)

    def test_four_at_a_time_lie_in_memory_in_their_order(self):
        self.assertEqual(b"".join([word.to_bytes(4, "little") for word in pushed(by_fours)]), PATTERN)

    def test_a_program_may_be_too_slow_for_the_pixel_clock(self):
        found = [bytes(pushed(slowly, half_clocks)) == PATTERN for half_clocks in (12, 6, 4, 2)]
        self.assertEqual(found, [True, True, False, False])

    def test_a_pin_that_is_no_input_reads_as_nothing(self):
        self.assertTrue(bytes(pushed(at_the_rise, open_pins=range(5, 15))) != PATTERN)

    def test_what_is_not_modelled_is_refused(self):
        def unknown_source():
            wait(1, 3, 0)

        def unknown_label():
            jmp("nowhere")

        def too_long():
            for _ in range(33):
                nop()

        for program in (unknown_source, unknown_label, too_long):
            with self.assertRaises(PIOASMError):
                asm_pio()(program)

    def test_names_are_given_back(self):
        self.assertEqual([name for name in ("wait", "in_", "wrap") if name in globals()], [])

    def test_a_jump_goes_round(self):
        @asm_pio(autopush=True, push_thresh=2)
        def count():
            label("again")
            in_(null, 1)
            jmp(pin, "again")
            in_(pins, 1)

        run = Run(count, 0, jmp_pin=1)
        for levels in (0, 2, 2, 2, 0, 0, 1, 1):
            run.clock(levels)
        self.assertEqual(run.pushed, [0, 1])


if __name__ == "__main__":
    unittest.main()
