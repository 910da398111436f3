# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder. Runs on MicroPython 1.27 or newer and on CPython 3.10 or newer; imports no vendor module."""

VERSION = "0.1.0"
