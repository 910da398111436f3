# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The parallel port of an image sensor: what its lines do for a while, and the bytes of its frames.

A program that samples the lines is run on `beginning(...)`, the first two lines of a picture, at the very pixel clock that the sensor has
and with the pins that the board has. What it makes of those bytes it will make of all others, so whole frames are then just copied.
"""

LINE_BYTES, LINES = 6, 2
PULSE_CLOCKS = 40  # of VSYNC; far longer in reality
GAP_CLOCKS = 17
PATTERN = b"\xff\xd8\x00\x5a\xa5\x01\x80\x7f\xfe\x10\x08\xd9"


class Wiring:
    """Pin numbers of the data lines, D0 first, and of pclk, href and vsync."""

    def __init__(self, pins):
        self.data, self.pclk, self.href, self.vsync = pins["data_pins"], pins["pclk_pin"], pins["href_pin"], pins["vsync_pin"]


def beginning(wiring, half_clocks, vsync_is_high, open_pins):
    """The levels of all pins, clock by clock: the frame pulse, then PATTERN in two lines. Pins that are not inputs read 0.

    `half_clocks`: of the state machine in half a pixel clock. The sensor changes its data when the pixel clock falls.
    """
    mask = sum([1 << pin for pin in open_pins])
    pulse, rest = (1 << wiring.vsync, 0) if vsync_is_high else (0, 1 << wiring.vsync)
    yield from _steady(rest & mask, GAP_CLOCKS)
    yield from _steady(pulse & mask, PULSE_CLOCKS)
    yield from _steady(rest & mask, GAP_CLOCKS)
    for line in range(LINES):
        for value in PATTERN[line * LINE_BYTES : (line + 1) * LINE_BYTES]:
            low = rest | 1 << wiring.href | sum([(value >> bit & 1) << pin for bit, pin in enumerate(wiring.data)])
            yield from _steady(low & mask, half_clocks)
            yield from _steady((low | 1 << wiring.pclk) & mask, half_clocks)
        for _ in range(3):  # the pixel clock goes on between the lines
            yield from _steady(rest & mask, half_clocks)
            yield from _steady((rest | 1 << wiring.pclk) & mask, half_clocks)


def _steady(levels, clocks):
    for _ in range(clocks):
        yield levels
