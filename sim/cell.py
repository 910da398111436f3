# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The battery over the boots of a run: what each begins with, what sleep takes, and when a board that is off comes on again.

    cell = Cell(options)
    cell.about(now_us)       # for the world of a boot that begins then
    cell.take(end)           # how that boot left it

The physics is that of the boots (sim/device/battery.py), called from here while no boot runs.
"""

from dataclasses import dataclass, field
from typing import Any

from sim.device.battery import Battery
from sim.device.warmth import Warmth

BACK_US = 60_000_000  # until a board whose voltage has given way starts again (estimate)
RECOVERED_MV = 200  # above the voltage at which it gave way: the hysteresis of a supervisor (estimate)


@dataclass
class Power:
    """A run's battery and what is around it. `charge` from 0 to 1, `age` from 0 (new) to 1 (worn out); `percent` of the currents that
    the board's data names are really drawn. `surroundings`: (from s, ambient C, mA that the charger offers), ascending, the first at 0."""

    capacity_mah: int
    charge: float = 1.0
    age: float = 0.0
    resistance_milliohm: int = 150
    brownout_mv: int = 3000
    percent: int = 100
    surroundings: list[tuple[float, float, int]] = field(default_factory=lambda: [(0.0, 21.0, 0)])


class Cell:
    def __init__(self, power: Power, board: dict[str, Any]) -> None:
        self._power, self._sleep_ma = power, board["sim"]["loads"]["deep_sleep_ma"]
        self._battery = Battery(power.capacity_mah, power.charge, power.resistance_milliohm, power.age)
        self._warmth = Warmth(power.surroundings[0][1])
        self._changes_us = [int(at_s * 1e6) for at_s, _, _ in power.surroundings]  # whole, or time would stand still before one
        self._now_us, self._used_mwh = 0, 0.0

    def about(self, now_us: int) -> dict[str, Any]:
        """What sim/device/supply.py is told of a boot that begins now; until then the board has slept."""
        power = self._power
        self._sleep(now_us)
        return {
            "capacity_mah": power.capacity_mah,
            "left_mah": self._battery.left_mah,
            "age": power.age,
            "resistance_milliohm": power.resistance_milliohm,
            "celsius": self._warmth.celsius,
            "used_mwh": self._used_mwh,
            "brownout_mv": power.brownout_mv,
            "percent": power.percent,
            "surroundings": [[int(at_s * 1e6), ambient_c, external_ma] for at_s, ambient_c, external_ma in power.surroundings],
        }

    def take(self, report: dict[str, float], now_us: int) -> None:
        """A boot has ended."""
        self._battery.left_mah, self._warmth.celsius, self._used_mwh = report["left_mah"], report["celsius"], report["used_mwh"]
        self._now_us = now_us

    def _sleep(self, until_us: int) -> None:
        """Let time pass while the board is off, one stretch of the same surroundings after the other."""
        while self._now_us < until_us:
            following = min((at_us for at_us in self._changes_us if at_us > self._now_us), default=until_us)
            seconds = (min(following, until_us) - self._now_us) / 1e6
            ambient_c, external_ma = self._around(self._now_us)
            self._used_mwh += self._battery.flow(self._sleep_ma, external_ma, seconds, self._warmth.celsius)
            self._warmth.flow(0, ambient_c, seconds)
            self._now_us = min(following, until_us)

    def _around(self, now_us: int) -> tuple[float, int]:
        rows = [row for row, at_us in zip(self._power.surroundings, self._changes_us, strict=True) if at_us <= now_us]
        return rows[-1][1], rows[-1][2]

    def comes_back(self, now_us: int) -> int | None:
        """When a board starts again whose voltage gave way: soon if the cell recovers without its load, else once somebody charges it.
        None: never."""
        recovers = self._battery.open_mv(self._warmth.celsius) >= self._power.brownout_mv + RECOVERED_MV
        if recovers or self._around(now_us)[1]:
            return now_us + BACK_US
        chargers_us = (int(at_s * 1e6) for at_s, _, external_ma in self._power.surroundings if external_ma)
        return next((at_us + BACK_US for at_us in chargers_us if at_us > now_us), None)
