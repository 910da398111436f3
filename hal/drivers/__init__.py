# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Drivers of chips that several boards share. Each receives its bus, a `machine.I2C` or what looks like one."""

_GAUGES = {"max17048": "Max17048", "ina219": "Ina219", "axp2101": "Axp2101"}


def open_gauge(chip, bus):
    """The gauge of this kind; its driver alone is loaded. Raises OSError when it does not answer."""
    name = _GAUGES[chip]
    return getattr(__import__("hal.drivers." + chip, None, None, (name,)), name)(bus)
