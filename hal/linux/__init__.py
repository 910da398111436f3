# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Raspberry Pi and any other Linux, on CPython 3.10 or newer: what the system gives, by its programs and its files."""


def open_board(config):
    """The board whose data `config` is, with `state`, the folder of what outlives a restart, and `console`, where that is."""
    from hal.linux.board import Board  # host tools want no more than annexb

    return Board(config)
