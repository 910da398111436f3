# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Who draws how much, and what the battery makes of it: the gauges' source, and the brown-out.

    power = Power(clock, battery, warmth, surroundings, loads, trace, brownout_mv=3100)
    power.on_brownout = lambda: ending.end("brownout")
    power.draw("camera", 60)

Time is settled when somebody looks or a load changes, and at least once a `LOOK_US`, so that a slow decline is noticed too.
`surroundings(now_us)` gives (ambient temperature in C, what the charger offers in mA).
"""

LOOK_US = 10_000_000
INRUSH_PERCENT = 180  # a part that starts draws this much of its current for a moment (estimate)


class Power:
    """`loads`: what each part draws at first, in mA from the cell. `used_mwh` since the first boot."""

    def __init__(self, clock, battery, warmth, surroundings, loads, trace, brownout_mv, used_mwh=0.0):
        self._clock, self._battery, self._warmth, self._surroundings = clock, battery, warmth, surroundings
        self._loads, self._trace, self._brownout_mv = dict(loads), trace, brownout_mv
        self._settled_us = clock.now_us
        self._ambient_c, self._external_ma = surroundings(clock.now_us)
        self.used_mwh = used_mwh
        self._pulses = self._pulse_ma = 0  # mA times us that were announced and are not drawn yet, and how much of it at a time
        self._average_ma = self.load_ma()
        self.on_brownout = None
        self.charges = True  # a charging chip may refuse to, and only feed the board
        clock.at(clock.now_us + LOOK_US, self._look)

    # -- the parts of the board ------------------------------------------------------------

    def draw(self, part, milliamps):
        """From now on; a part that starts draws more for a moment."""
        before = self._loads.get(part, 0)
        if milliamps == before:
            return
        self._settle()
        self._loads[part] = milliamps
        self._average_ma = self.load_ma()
        extra = max(0, milliamps - before) * (INRUSH_PERCENT - 100) // 100
        self._check(self.load_ma() + extra)

    def pulse(self, milliamps, duration_us):
        """A part draws more, from now on for so long or after what it draws already; too short for the voltage to matter."""
        self._pulses += milliamps * duration_us
        self._pulse_ma = milliamps

    def load_ma(self):
        return sum(self._loads.values())

    # -- time ------------------------------------------------------------------------------

    def _settle(self):
        passed_us = self._clock.now_us - self._settled_us
        if passed_us <= 0:
            return
        self._settled_us, seconds = self._clock.now_us, passed_us / 1e6
        spent = min(self._pulses, self._pulse_ma * passed_us)
        self._pulses -= spent
        self._average_ma = self.load_ma() + spent / passed_us
        self.used_mwh += self._battery.flow(self._average_ma, self._offer_ma(self._average_ma), seconds, self._warmth.celsius)
        self._warmth.flow(self._power_mw(), self._ambient_c, seconds)
        self._ambient_c, self._external_ma = self._surroundings(self._clock.now_us)

    def _offer_ma(self, load_ma):
        """What the charger gives to a board that draws so much."""
        return self._external_ma if self.charges else min(self._external_ma, load_ma)

    def _power_mw(self):
        return self._average_ma * 3.7

    def _look(self):
        self._settle()
        self._check(self.load_ma())
        self._trace.numbers("battery", "mv", self.battery_mv, "percent", int(self._battery.percent()))
        self._trace.numbers("current", "ma", self.current_ma, "used_mwh", int(self.used_mwh))
        self._trace.numbers("warmth", "case_c", int(self._warmth.celsius), "die_c", self.die_c)
        self._clock.at(self._clock.now_us + LOOK_US, self._look)

    def _check(self, load_ma):
        current_ma = self._battery.current_ma(load_ma, self._offer_ma(load_ma), self._warmth.celsius)
        if self._battery.terminal_mv(current_ma, self._warmth.celsius) < self._brownout_mv and self.on_brownout:
            self.on_brownout()

    # -- what the chips on the bus measure -------------------------------------------------

    @property
    def current_ma(self):
        self._settle()
        return int(self._battery.current_ma(self._average_ma, self._offer_ma(self._average_ma), self._warmth.celsius))

    @property
    def battery_mv(self):
        return int(self._battery.terminal_mv(self.current_ma, self._warmth.celsius))

    @property
    def percent(self):
        """As a gauge chip estimates it: it takes what the cold has locked up for gone."""
        self._settle()
        return self._battery.usable_percent(self._warmth.celsius)

    @property
    def percent_per_hour(self):
        return 100 * self.current_ma / self._battery.capacity_mah

    @property
    def external_mv(self):
        self._settle()
        return 5000 if self._external_ma else 0

    @property
    def die_c(self):
        self._settle()
        return int(self._warmth.die_c(self._power_mw()))

    def report(self):
        """What the next boot, or the night between, goes on from."""
        self._settle()
        return {
            "left_mah": round(self._battery.left_mah, 3),
            "celsius": round(self._warmth.celsius, 2),
            "used_mwh": round(self.used_mwh, 3),
        }
