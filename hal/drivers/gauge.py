# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What every gauge tells: the state of the battery, as far as the chip can know it.

    gauge = Max17048(i2c)
    gauge.read()
    gauge.battery_mv, gauge.percent, gauge.current_ma, gauge.external

An attribute is None where this kind of chip cannot tell. `current_ma` is what flows into the battery: negative while it
is discharged. `external` is whether a charger or USB gives power.
"""


class Gauge:
    battery_mv = None
    percent = None
    current_ma = None
    external = None

    def read(self):
        """Take a new reading into the attributes. Blocks for about 1 ms. Raises OSError when the chip does not answer."""
        raise NotImplementedError


def expect(value, wanted, chip):
    """Raise OSError(ENODEV) unless the chip is the one that was meant: another may live at the same address."""
    if value != wanted:
        raise OSError(19, "no %s: it answers %#x" % (chip, value))
