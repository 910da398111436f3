# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Drivers of chips that several boards share. Each receives its bus, a `machine.I2C` or what looks like one."""
