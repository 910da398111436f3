# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How warm the board gets: one mass, one resistance to the air around it.

Estimates, for a closed case of a few tens of grams: 30 K per watt in still air, a time constant of ten minutes. The chip's own sensor
reads higher than the case.
"""

DIE_K_PER_W = 12


class Warmth:
    def __init__(self, ambient_c, kelvin_per_watt=30, time_constant_s=600):
        self.celsius = ambient_c
        self._kelvin_per_watt, self._time_constant_s = kelvin_per_watt, time_constant_s

    def flow(self, power_mw, ambient_c, seconds):
        """Let time pass at a steady power."""
        target_c = ambient_c + power_mw * self._kelvin_per_watt / 1000
        self.celsius = target_c + (self.celsius - target_c) * 2.718281828 ** (-seconds / self._time_constant_s)

    def die_c(self, power_mw):
        return self.celsius + power_mw * DIE_K_PER_W / 1000
