# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The power supply of a world: its cell, charger and warmth, the gauge on the board's bus, and what each part draws.

    supply = Supply(about, board, clock, trace, ending)
    supply.camera(profile)      # it runs with this one; None: it is off
    supply.radio(True)
    supply.sends(1200)          # the transmitter was on for so many microseconds

`about`: capacity_mah, left_mah, age, resistance_milliohm, celsius, used_mwh, brownout_mv, percent (of the currents that the board's
data names), surroundings [[at_us, ambient_c, external_ma]]. A profile's `current_ma` is all that recording draws: the camera's part of
it is what idling does not draw, and of a time-lapse is drawn during each picture.
"""

from sim.device.battery import Battery
from sim.device.chips.axp2101 import Axp2101
from sim.device.chips.ina219 import Ina219
from sim.device.chips.max17048 import Max17048
from sim.device.chips.pisugar3 import Pisugar3
from sim.device.power import Power
from sim.device.warmth import Warmth

PICTURE_MS = 700  # that the sensor runs for one picture of a time-lapse
CHIPS = {"max17048": (0x36, Max17048), "ina219": (0x40, Ina219), "axp2101": (0x34, Axp2101), "pisugar3": (0x57, Pisugar3)}


class Mains:
    """What a chip measures in a world whose power is not modelled: a full cell, and a charger that feeds the board."""

    battery_mv, percent, percent_per_hour, current_ma, external_mv = 4100, 100, 0, 0, 5000


def on_the_bus(gauge, source):
    """address -> chip, of the gauge that a board's data names."""
    if gauge is None:
        return {}
    address, chip = CHIPS[gauge["chip"]]
    return {address: chip(source)}


class Supply:
    def __init__(self, about, board, clock, trace, ending):
        self._loads, self._radio_ma = board["sim"]["loads"], board["power"]["radio_ma"]
        self._percent, self._trace = about["percent"], trace
        self._surroundings = about["surroundings"]
        battery = Battery(about["capacity_mah"], 1.0, about["resistance_milliohm"], about["age"])
        battery.left_mah = about["left_mah"]
        warmth = Warmth(about["celsius"])
        loads = {"board": self._real(self._loads["idle_ma"])}
        self.power = Power(clock, battery, warmth, self._around, loads, trace, about["brownout_mv"], about["used_mwh"])
        self.power.on_brownout = lambda: ending.end("brownout")

    def _real(self, milliamps):
        """What the board really draws of what its data says."""
        return milliamps * self._percent // 100

    def _around(self, now_us):
        """(ambient temperature in C, what the charger offers in mA)"""
        rows = self._surroundings
        while len(rows) > 1 and rows[1][0] <= now_us:
            rows.pop(0)
        return rows[0][1], rows[0][2]

    # -- the parts of the board ------------------------------------------------------------

    def camera(self, profile):
        extra_ma = profile["current_ma"] - self._loads["idle_ma"] if profile else 0
        share = profile["every_s"] * 1000 // PICTURE_MS if profile and "every_s" in profile else 1
        self.power.draw("camera", self._real(extra_ma * share))

    def radio(self, on):
        self._trace.numbers("radio", "on", int(on))
        self.power.draw("radio", self._real(self._loads["radio_idle_ma"]) if on else 0)

    def sends(self, duration_us):
        self.power.pulse(self._real(self._radio_ma - self._loads["radio_idle_ma"]), duration_us)
