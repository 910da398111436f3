# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# ruff: noqa: F821  the assembler's words are put in place by its decorator
# pyright: reportUndefinedVariable=false
"""The PIO program that takes a byte from a parallel sensor at each rising edge of its pixel clock.

The lines of the sensor are eleven pins in a row: D0 to D7, then PCLK, HREF, VSYNC. It begins at a frame's beginning, so
the FIFO never holds the rest of a frame; six instructions fit the least 12 cycles of a byte at 12.5 MHz twice.
"""

import rp2

PCLK, HREF, VSYNC = 8, 9, 10  # from D0 on
LINES = 11


@rp2.asm_pio(in_shiftdir=rp2.PIO.SHIFT_LEFT, autopush=True, push_thresh=8, fifo_join=rp2.PIO.JOIN_RX)
def take_bytes():
    wait(1, pin, 10)
    wait(0, pin, 10)
    wrap_target()
    wait(1, pin, 9)
    wait(1, pin, 8)
    in_(pins, 8)
    wait(0, pin, 8)
    wrap()
