# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One lithium cell: what is left in it, what it gives under load, and what a charger puts back.

    cell = Battery(capacity_mah=1200, charge=0.8)
    cell.flow(load_ma=180, external_ma=0, seconds=60, celsius=21)
    cell.terminal_mv(-180, 21)

Nothing here was measured on a recorder. The open-circuit curve is the usual one of a LiCoO2 pouch cell at rest; the
resistance over temperature follows the shape that cell makers' data sheets show (about twice at 0 C, four times at -10 C), and ageing takes
capacity and adds resistance. All are estimates: a scenario may give its own.
"""

OPEN_MV = ((0, 3000), (2, 3350), (5, 3500), (10, 3620), (20, 3700), (40, 3780), (60, 3880), (80, 4020), (90, 4100), (100, 4200))
RESISTANCE_PERCENT = ((-20, 700), (-10, 400), (0, 210), (10, 140), (25, 100), (45, 85), (60, 80))
USABLE_PERCENT = ((-20, 55), (-10, 75), (0, 88), (10, 95), (25, 100), (60, 100))  # of the capacity, at this temperature
FULL_MV = 4200
STEP_S = 30


def between(table, x):
    """Linear interpolation in ((x, y), …); the ends go on level."""
    if x <= table[0][0]:
        return table[0][1]
    for i in range(1, len(table)):
        (x0, y0), (x1, y1) = table[i - 1], table[i]
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return table[-1][1]


class Battery:
    """`left_mah` of what it can hold now; `age` from 0 (new) to 1 (worn out: 60 % of the capacity, three times the resistance)."""

    def __init__(self, capacity_mah, charge=1.0, resistance_milliohm=150, age=0.0):
        self.capacity_mah = capacity_mah * (1 - 0.4 * age)
        self.left_mah = self.capacity_mah * charge
        self._milliohm = resistance_milliohm * (1 + 2 * age)

    def percent(self):
        """What a perfect gauge would say."""
        return 100 * self.left_mah / self.capacity_mah

    def usable_percent(self, celsius):
        """What can still be drawn at this temperature: cold locks a part of it up until it is warm again."""
        locked = 100 - between(USABLE_PERCENT, celsius)
        return max(0, (self.percent() - locked) * 100 / (100 - locked))

    def milliohm(self, celsius):
        return self._milliohm * between(RESISTANCE_PERCENT, celsius) / 100

    def open_mv(self, celsius):
        return between(OPEN_MV, self.usable_percent(celsius))

    def terminal_mv(self, current_ma, celsius):
        """`current_ma` flows in; a load is negative."""
        return self.open_mv(celsius) + current_ma * self.milliohm(celsius) / 1000

    def charge_ma(self, limit_ma, celsius):
        """What goes in from a charger of constant current, then constant voltage; none below 0 or above 45 C, as chargers keep it."""
        if not 0 <= celsius <= 45:
            return 0
        return max(0, min(limit_ma, (FULL_MV - self.open_mv(celsius)) * 1000 / self.milliohm(celsius)))

    def current_ma(self, load_ma, external_ma, celsius):
        """What flows in: the charger feeds the board first, and the cell with the rest."""
        if not external_ma:
            return -load_ma
        return self.charge_ma(external_ma - load_ma, celsius) if external_ma >= load_ma else external_ma - load_ma

    def flow(self, load_ma, external_ma, seconds, celsius):
        """Let time pass under a steady load; returns the energy that the load took out of the cell, in mWh."""
        taken_mwh = 0.0
        while seconds > 0:
            step_s = min(seconds, STEP_S)
            current_ma = self.current_ma(load_ma, external_ma, celsius)
            if current_ma < 0:
                taken_mwh -= current_ma * self.terminal_mv(current_ma, celsius) * step_s / 3_600_000
            self.left_mah = max(0.0, min(self.capacity_mah, self.left_mah + current_ma * step_s / 3600))
            seconds -= step_s
        return taken_mwh
