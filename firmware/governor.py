# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Battery, heat and backlog decide which capture profile runs, whether the radio may, and when it is time to sleep.

    governor = Governor(profiles, "svga10", battery_mah=1200, radio_ma=90)
    governor.look(now_ms, situation)
    governor.profile, governor.radio, governor.mode, governor.why

It decides, and does nothing itself. A change for the better waits until it is sure to last; one for the worse comes sooner. So the
number of switches is bounded whatever the gauge says (MOST_SWITCHES_PER_HOUR).
"""

from firmware.cadence import rate
from firmware.forecast import Forecast

RECORD, REST, SLEEP = "record", "rest", "sleep"
WORSE_MS = 5 * 60_000  # a profile runs so long before a poorer one is chosen,
BETTER_MS = 20 * 60_000  # and so long before a richer one is
MOST_SWITCHES_PER_HOUR = 6
BETTER_MARGIN = 1.15  # a richer profile must reach the target with so much to spare
RESERVE_PERCENT = 5  # never planned with: gauges are wrong at the end
CRITICAL_PERCENT = 2
CRITICAL_MV = 3300
HOT_C, REST_C, COOLER_C = 75, 85, 8
BACKLOG_BYTES = 32 << 20  # worth a start of the radio, unless the board's data says otherwise
BACKLOG_MS = 30 * 60_000
RADIO_OFF_MS = 10 * 60_000  # between two stretches of the radio on battery,
LONGEST_OFF_MS = 80 * 60_000  # and up to so long when it finds no network
RADIO_ON_MS = 2 * 60_000
RADIO_SHARE = 0.25  # of the time on battery
RADIO_CREDIT_MS = 15 * 60_000
WEAK_DBM = -82


class Situation:
    """What the governor looks at. None: nobody knows; `rssi` also while no network is joined. `target_ms` is how long to record on
    from now, 0 without a target. `wants_time`: only the network can tell the time."""

    percent = battery_mv = current_ma = external = temperature_c = rssi = None
    target_ms = backlog_bytes = backlog_ms = 0
    wants_time = False


class Governor:
    """`mode`: "record", "rest" (too hot: nothing is captured) or "sleep" (close everything now). `why` is in words. `order`: the
    profiles that may be chosen, richest first."""

    def __init__(self, profiles, preferred, battery_mah, radio_ma, backlog_bytes=BACKLOG_BYTES):
        self._ma = {name: profiles[name]["current_ma"] for name in profiles}
        self._is_lapse = {name: "every_s" in profiles[name] for name in profiles}
        self._rich = sorted(profiles, key=lambda name: -rate(profiles[name]) * profiles[name]["expected_kb_per_frame"])
        self._radio_ma, self._backlog_bytes = radio_ma, backlog_bytes
        self.forecast = Forecast(battery_mah)
        self.radio, self.mode, self.why = False, RECORD, "starting"
        self._radio_ms = self._heard_ms = None
        self._off_ms = RADIO_OFF_MS // 2  # doubled by each stretch of the radio in which no network answers
        self._credit_ms, self._seen_ms = RADIO_CREDIT_MS, None
        self._hot = False
        self._low = 0
        self.prefer(preferred)

    def prefer(self, profile):
        """The owner's choice: it runs, and is the richest there is. A time-lapse never takes the place of a film."""
        order = [name for name in self._rich if self._ma[name] <= self._ma[profile] and self._is_lapse[name] == self._is_lapse[profile]]
        self.order, self.profile, self._switched_ms = order[order.index(profile) :], profile, None

    def look(self, now_ms, situation):
        """Decide anew; to be called about every ten seconds."""
        self._learn(now_ms, situation)
        self._spend(now_ms, situation)
        self._watch_heat(situation)
        self.mode = self._mode(situation)
        wanted, self.why = self._wanted(situation)
        self._switch(now_ms, wanted)
        self._listen(now_ms, situation)
        self._switch_radio(now_ms, self.mode == RECORD and self._radio_pays(now_ms, situation), situation.external)

    def hours(self, profile, situation):
        """How long the battery would last with a profile; None where nobody can know."""
        return None if situation.percent is None or situation.external else self._hours(profile, situation)

    # -- the battery ---------------------------------------------------------------------------

    def _expected_ma(self):
        return self._ma[self.profile] + (self._radio_ma if self.radio else 0)

    def _learn(self, now_ms, situation):
        if situation.external or self.mode == REST:
            self.forecast.rest()
        else:
            self.forecast.feed(now_ms, situation.percent, situation.current_ma, self._expected_ma())

    def _hours(self, profile, situation, extra_ma=0):
        return self.forecast.hours(max(0, situation.percent - RESERVE_PERCENT), self._ma[profile] + extra_ma)

    def _mode(self, situation):
        empty = (situation.percent is not None and situation.percent <= CRITICAL_PERCENT) or (
            situation.battery_mv is not None and situation.battery_mv <= CRITICAL_MV
        )
        self._low = self._low + 1 if empty and not situation.external else 0
        if self._low >= 2:  # one reading may be a spike of the load
            return SLEEP
        return REST if self._hot and (self.mode == REST or self._is(situation.temperature_c, REST_C)) else RECORD

    # -- the profile -----------------------------------------------------------------------------

    def _watch_heat(self, situation):
        self._hot = self._is(situation.temperature_c, HOT_C - (COOLER_C if self._hot else 0))

    @staticmethod
    def _is(value, limit):
        return value is not None and value >= limit

    def _wanted(self, situation):
        """(profile, why): the richest that the heat allows and that reaches the target."""
        if self._hot:
            return self.order[-1], "too hot: %d C" % situation.temperature_c
        if situation.external:
            return self.order[0], "on external power"
        if situation.percent is None or not situation.target_ms:
            return self.order[0], "no target"
        target_hours = situation.target_ms / 3_600_000
        for at, name in enumerate(self.order):
            margin = BETTER_MARGIN if at < self.order.index(self.profile) else 1
            if self._hours(name, situation) >= target_hours * margin:
                return name, "reaches the target: %.1f h" % target_hours
        return self.order[-1], "no profile reaches the target: %.1f h" % target_hours

    def _switch(self, now_ms, wanted):
        if wanted == self.profile:
            return
        better = self.order.index(wanted) < self.order.index(self.profile)
        wait_ms = BETTER_MS if better else WORSE_MS
        if self._switched_ms is None or now_ms - self._switched_ms >= wait_ms:
            self.profile, self._switched_ms = wanted, now_ms

    # -- the radio ---------------------------------------------------------------------------------

    def _spend(self, now_ms, situation):
        """Time on battery earns the radio a share of itself; the radio spends it."""
        passed_ms = now_ms - self._seen_ms if self._seen_ms is not None else 0
        self._seen_ms = now_ms
        if not situation.external:
            self._credit_ms += passed_ms * RADIO_SHARE - (passed_ms if self.radio else 0)
            self._credit_ms = max(0, min(RADIO_CREDIT_MS, self._credit_ms))

    def _listen(self, now_ms, situation):
        if situation.rssi is not None or not self.radio:
            self._heard_ms = now_ms
        if situation.rssi is not None:
            self._off_ms = RADIO_OFF_MS // 2

    def _radio_pays(self, now_ms, situation):
        if not situation.backlog_bytes and not situation.wants_time:
            return False
        if situation.external:
            return True
        if self._hot or (situation.rssi is not None and situation.rssi < WEAK_DBM):
            return False
        if self.radio:
            return self._credit_ms > 0 and now_ms - self._heard_ms < RADIO_ON_MS
        due = situation.wants_time or situation.backlog_bytes >= self._backlog_bytes or situation.backlog_ms >= BACKLOG_MS
        return due and self._credit_ms >= RADIO_ON_MS and self._can_afford_radio(situation)

    def _can_afford_radio(self, situation):
        if situation.percent is None or not situation.target_ms:
            return situation.percent is None or situation.percent > 2 * RESERVE_PERCENT
        return self._hours(self.order[-1], situation, self._radio_ma * RADIO_SHARE) >= situation.target_ms / 3_600_000

    def _switch_radio(self, now_ms, wanted, external):
        soonest_ms = RADIO_ON_MS if self.radio or external else self._off_ms
        waited = self._radio_ms is None or now_ms - self._radio_ms >= soonest_ms or self.mode != RECORD
        if wanted != self.radio and waited:
            self.radio, self._radio_ms = wanted, now_ms
            if wanted:
                self._off_ms = min(2 * self._off_ms, LONGEST_OFF_MS)
