# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Drivers of chips that several boards share. Each receives its bus, a `machine.I2C` or what looks like one."""

_GAUGES = {"max17048": "Max17048", "ina219": "Ina219", "axp2101": "Axp2101", "pisugar3": "Pisugar3"}
_DETAILS = ("address", "shunt_milliohm")  # that differ between boards with the same chip


def open_gauge(config, bus):
    """The gauge that a board's data names; its driver alone is loaded. Raises OSError when it does not answer."""
    name = _GAUGES[config["chip"]]
    driver = getattr(__import__("hal.drivers." + config["chip"], None, None, (name,)), name)
    return driver(bus, **{key: config[key] for key in _DETAILS if key in config})
