# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How long the battery will last: the board's figures, corrected by what was really used.

    forecast = Forecast(battery_mah=1200)
    forecast.feed(now_ms, percent=83, current_ma=None, expected_ma=180)
    forecast.hours(83, expected_ma=165)

A gauge that knows the current corrects the figures at once. From a percentage alone the correction is learnt each time it has fallen
far enough, since a gauge's single steps are noise.
"""

FALL_PERCENT = 5  # a gauge that wavers by one either way is wrong by 2 in 5 at most
LEAST_MS = 10 * 60_000
LEARN = 0.4  # how much of a new finding is believed
LEARN_CURRENT = 0.05
LEAST_SCALE, MOST_SCALE = 0.3, 4.0
HOUR_MS = 3_600_000


class Forecast:
    """`scale`: real consumption over the board's figures. `error_percent`: how wrong the last forecast of a fall was, smoothed."""

    def __init__(self, battery_mah):
        self._battery_mah = battery_mah
        self.scale = 1.0
        self.error_percent = None
        self.rest()

    def rest(self):
        """A charger is there: nothing can be learnt from what comes next."""
        self._from_ms = self._seen_ms = self._from_percent = None
        self._expected_mah = 0.0

    def feed(self, now_ms, percent, current_ma, expected_ma):
        """One reading while on battery; `expected_ma` is what the board's figures say for what it does just now."""
        if current_ma is not None and current_ma < 0:
            self._believe(-current_ma / expected_ma, LEARN_CURRENT)
        if percent is None:
            return
        if self._from_ms is None or percent > self._from_percent:
            self.rest()
            self._from_ms, self._from_percent = now_ms, percent
        else:
            self._expected_mah += expected_ma * (now_ms - self._seen_ms) / HOUR_MS
        self._seen_ms = now_ms
        fallen = self._from_percent - percent
        if fallen >= FALL_PERCENT and now_ms - self._from_ms >= LEAST_MS and self._expected_mah > 0:
            self._learn(fallen)
            self.rest()
            self._from_ms, self._seen_ms, self._from_percent = now_ms, now_ms, percent

    def _learn(self, fallen):
        found = fallen * self._battery_mah / 100 / self._expected_mah
        error = abs(found - self.scale) * 100 / found
        self.error_percent = error if self.error_percent is None else self.error_percent + LEARN * (error - self.error_percent)
        self._believe(found, LEARN)

    def _believe(self, found, share):
        self.scale = min(MOST_SCALE, max(LEAST_SCALE, self.scale + share * (found - self.scale)))

    def hours(self, percent, expected_ma):
        """Until `percent` are used up while the board's figures say `expected_ma`."""
        return percent * self._battery_mah / 100 / (expected_ma * self.scale)
