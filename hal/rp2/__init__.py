# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""RP2350 with CYW43 Wi-Fi on MicroPython 1.27 or newer: a parallel sensor on PIO and DMA, and an SD card on SPI."""

import gc

from hal.rp2.board import Board

COLLECT_BYTES = 32768  # of garbage at most: in a heap this small nothing large finds a place between what it scatters


def open_board(config):
    """The board whose compact data `config` is. Touches no hardware but the pins of light and button."""
    gc.threshold(COLLECT_BYTES)  # pyright: ignore[reportAttributeAccessIssue] (stubs of CPython)
    return Board(config)
