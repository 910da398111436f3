# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Does what the governor decides: looks at the battery, and tells recorder, radio and board.

    power = Power(board, config, settings, keeper, health, "svga10")
    power.rule(recorder, link, pending_bytes)    # from now on these are governed
    asyncio.create_task(power.run(sleep))

Without a gauge there is nothing to govern by: the profile of the settings runs, and the radio is on as long as somebody wants it.
"""

from firmware.compat import const, sleep_ms
from firmware.governor import BACKLOG_BYTES, CRITICAL_PERCENT, REST, SLEEP, Governor, Situation
from firmware.timekeeper import RTC

LOOK_MS = const(10_000)
WAKE_MS = const(900_000)  # how often to look whether an empty battery is being charged
ENOUGH_PERCENT = const(3)  # above critical, to begin again: the load pulls the reading down
HOUR_MS = const(3_600_000)
DAY_S = const(86_400)
LONGEST_TARGET_S = const(57_600)  # a time of day that is further away was reached already


class Power:
    def __init__(self, board, config, settings, keeper, health, profile):
        self._board, self._settings, self._keeper, self._health = board, settings, keeper, health
        self._situation = Situation()
        self._recorder = self._link = self._pending_bytes = None
        about = config.get("power", {})
        amounts = about.get("battery_mah", 1), about.get("radio_ma", 0), about.get("backlog_bytes", BACKLOG_BYTES)
        self.governor = Governor(config["profiles"], profile, *amounts)
        self._wanted = False  # the radio, whatever it costs
        self._idle_ms = 0  # when nothing was pending last
        self._told = None

    def rule(self, recorder, link, pending_bytes):
        """`pending_bytes()` are to be stored."""
        self._recorder, self._link, self._pending_bytes = recorder, link, pending_bytes

    @property
    def governs(self):
        return self._settings.governor and self._board.gauge is not None

    # -- what others call ------------------------------------------------------------

    def profiles(self):
        """Names of those that may run: the owner's, and the ones that need less."""
        return self.governor.order if self.governs else [self.governor.profile]

    def prefer(self, profile):
        """The owner has chosen another one."""
        self.governor.prefer(profile)
        self._recorder.use(profile)

    def want_radio(self, wanted=True):
        """Somebody asks for it, until everything is stored or nobody wants it any more."""
        self._wanted = wanted
        self._link.enabled = wanted or not self.governs or self.governor.radio

    def is_still_empty(self):
        """After a sleep for want of power: whether there is none yet. Nothing else runs so far."""
        if self._board.reset_cause() != "deep_sleep" or not self.governs or not self._read_gauge():
            return False
        gauge = self._board.gauge
        return not gauge.external and gauge.percent is not None and gauge.percent <= CRITICAL_PERCENT + ENOUGH_PERCENT

    async def run(self, sleep):
        """Look and act until the battery is empty; then `sleep()` ends the recording and switches the board off."""
        while self.governor.mode != SLEEP:
            if self.governs and self._read_gauge():
                self.look()
            else:
                self._link.enabled = True
            await sleep_ms(LOOK_MS)
        self._health.event("power", "the battery is empty: everything is closed", "error")
        await sleep()

    # -- one look --------------------------------------------------------------------

    def _read_gauge(self):
        try:
            self._board.gauge.read()
        except OSError as error:
            self._health.set_problem("gauge", "the battery's gauge does not answer (%s); check its wires" % error)
            return False
        self._health.clear_problem("gauge")
        return True

    def look(self):
        """Decide by the reading just taken, and act."""
        governor, situation = self.governor, self._situation
        self._see(situation)
        governor.look(self._keeper.uptime_ms(), situation)
        self._recorder.use(governor.profile)
        self._recorder.hold("heat" if governor.mode == REST else "")
        self.want_radio(self._wanted and situation.backlog_bytes > 0)
        decided = {"profile": governor.profile, "mode": governor.mode, "radio": governor.radio}
        if decided != self._told:
            self._told = decided
            doing = "resting" if governor.mode == REST else governor.profile
            self._health.event("power", "%s, radio %s: %s" % (doing, "on" if governor.radio else "off", governor.why), "info", decided)

    def _see(self, situation):
        gauge, now_ms = self._board.gauge, self._keeper.uptime_ms()
        situation.percent, situation.battery_mv = gauge.percent, gauge.battery_mv
        situation.current_ma, situation.external = gauge.current_ma, gauge.external
        situation.temperature_c, situation.rssi = self._board.temperature_c(), self._link.rssi()
        situation.target_ms = self._target_ms()
        situation.wants_time = bool(self._settings.wifi) and self._keeper.source in ("", RTC)
        situation.backlog_bytes = self._pending_bytes() if self._settings.wifi and self._settings.store else 0
        if not situation.backlog_bytes:
            self._idle_ms = now_ms
        situation.backlog_ms = now_ms - self._idle_ms

    def _target_ms(self):
        """How long to record on from now; 0 without a target, and when it is reached."""
        settings, keeper = self._settings, self._keeper
        if settings.record_until and keeper.utc_known:
            hours, minutes = settings.record_until.split(":")
            left_s = (int(hours) * 3600 + int(minutes) * 60 - keeper.unix_ms() // 1000) % DAY_S
            return left_s * 1000 if left_s <= LONGEST_TARGET_S else 0
        return max(0, settings.target_hours * HOUR_MS - keeper.uptime_ms())

    # -- what it shows -----------------------------------------------------------------

    def status(self):
        """For console and telemetry; None where there is no gauge."""
        gauge, governor = self._board.gauge, self.governor
        if gauge is None:
            return None
        return {
            "battery_mv": gauge.battery_mv,
            "percent": gauge.percent,
            "current_ma": gauge.current_ma,
            "external": gauge.external,
            "profile": governor.profile,
            "mode": governor.mode,
            "radio": governor.radio,
            "why": governor.why if self.governs else "not governed",
            "hours_left": self.hours(governor.profile),
            "target_hours": round(self._target_ms() / HOUR_MS, 1),
            "forecast_error_percent": governor.forecast.error_percent,
        }

    def hours(self, profile):
        """How long the battery would last with a profile; None where nobody can know."""
        hours = self.governor.hours(profile, self._situation) if self.governs else None
        return None if hours is None else round(hours, 1)
