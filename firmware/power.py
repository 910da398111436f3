# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Does what the governor decides: looks at the battery, and tells recorder, radio and board.

    power = Power(board, config, settings, keeper, health)
    power.rule(recorder, link, backlog)    # from now on these are governed
    asyncio.create_task(power.run(sleep))

Without a gauge there is nothing to govern by: the profile of the settings runs, and the radio is on as long as somebody wants it.
"""

from firmware.compat import const, sleep_ms
from firmware.governor import CRITICAL_PERCENT, REST, SLEEP, Governor, Situation

LOOK_MS = const(10_000)
WAKE_MS = const(900_000)  # how often to look whether an empty battery is being charged
ENOUGH_PERCENT = const(3)  # above critical, to begin again: the load pulls the reading down
HOUR_MS = const(3_600_000)
DAY_S = const(86_400)


class Power:
    """`asked` is set by whoever wants the radio whatever it costs. `gauge` is None without one, or while it fails."""

    def __init__(self, board, config, settings, keeper, health, profile):
        self.asked = False
        self._board, self._settings, self._keeper, self._health = board, settings, keeper, health
        self._situation = Situation()
        self._recorder = self._link = self._backlog = None
        about = config.get("power", {})
        self.governor = Governor(config["profiles"], profile, about.get("battery_mah", 1), about.get("radio_ma", 0))
        self._told = None

    def rule(self, recorder, link, backlog):
        """`backlog()` gives (bytes, ms of the oldest) of what is to be stored."""
        self._recorder, self._link, self._backlog = recorder, link, backlog

    @property
    def governs(self):
        return self._settings.governor and self._board.gauge is not None

    def profiles(self):
        """Names of those that may run: the owner's, and the ones that need less."""
        return self.governor.order if self.governs else [self.governor.profile]

    def is_still_empty(self):
        """After a sleep for want of power: whether there is none yet. Nothing else runs so far."""
        if self._board.reset_cause() != "deep_sleep" or not self.governs or not self._read_gauge():
            return False
        gauge = self._board.gauge
        return not gauge.external and gauge.percent is not None and gauge.percent <= CRITICAL_PERCENT + ENOUGH_PERCENT

    async def run(self, sleep):
        """Look and act for ever. `sleep()` ends the recording and switches the board off."""
        while True:
            if self.governs and self._read_gauge():
                self.look()
                if self.governor.mode == SLEEP:
                    self._health.event("power", "the battery is empty: everything is closed", "error")
                    await sleep()
            else:
                self._link.enabled = True
            await sleep_ms(LOOK_MS)

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
        self._link.enabled = governor.radio or self.asked
        decided = (governor.profile, governor.mode, governor.radio)
        if decided != self._told:
            self._told = decided
            self._health.event("power", "%s, radio %s: %s" % (self._doing(), "on" if governor.radio else "off", governor.why))

    def _doing(self):
        return self.governor.profile if self.governor.mode != REST else "resting"

    def _see(self, situation):
        gauge = self._board.gauge
        situation.percent, situation.battery_mv = gauge.percent, gauge.battery_mv
        situation.current_ma, situation.external = gauge.current_ma, gauge.external
        situation.temperature_c, situation.rssi = self._board.temperature_c(), self._link.rssi()
        situation.target_ms = self._target_ms()
        situation.backlog_bytes, situation.backlog_ms = self._backlog()

    def _target_ms(self):
        """How long to record on from now; 0 without a target, and when it is reached."""
        settings, keeper = self._settings, self._keeper
        if settings.record_until and keeper.utc_known:
            hours, minutes = settings.record_until.split(":")
            return (int(hours) * 3600 + int(minutes) * 60 - keeper.unix_ms() // 1000) % DAY_S * 1000
        return max(0, settings.target_hours * HOUR_MS - keeper.uptime_ms())

    def status(self):
        """What the console shows and telemetry keeps; None where there is no gauge."""
        gauge, governor = self._board.gauge, self.governor
        if gauge is None:
            return None
        hours = governor.hours(self._situation) if self.governs else None
        return {
            "battery_mv": gauge.battery_mv,
            "percent": gauge.percent,
            "current_ma": gauge.current_ma,
            "external": gauge.external,
            "profile": governor.profile,
            "mode": governor.mode,
            "radio": governor.radio,
            "why": governor.why if self.governs else "not governed",
            "hours_left": None if hours is None else round(hours, 1),
            "forecast_error_percent": governor.forecast.error_percent,
        }
