# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""ESP32 family on MicroPython 1.27 or newer with the camera module of micropython-camera-API 0.6.0."""

from hal.esp32.board import Board


def open_board(config):
    """The board whose compact data `config` is. Touches no hardware but the light's pin."""
    return Board(config)
