# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Ticks and the boot number are the truth; UTC is a mapping learnt later.

keeper = Timekeeper(boot=12)
keeper.uptime_ms()                        # 1500
keeper.set_utc(1_790_000_000_000, "ntp")  # True: the mapping changed
"""

from firmware.compat import ticks_diff, ticks_ms

SAME_MS = 50  # a correction below this is jitter of the network, not news
EARLIEST_S = 1_767_225_600  # 2026-01-01: older than this firmware
LATEST_S = 4_102_444_800  # 2100-01-01
RTC = "rtc"


class Timekeeper:
    """Non-wrapping uptime, and its offset to Unix time once that is known.

    `generation` counts the mappings of this boot: a segment keeps one for its whole life,
    so the recorder starts the next segment when it changes. `on_utc(unix_s)` hears of each
    that the clock chip does not know yet.
    """

    def __init__(self, boot, ticks=ticks_ms, on_utc=lambda unix_s: None):
        self.boot = boot
        self.generation = 0
        self.utc_known = False
        self.source = ""
        self.offset_ms = 0
        self.rtc_boot_ms = 0  # what the clock chip showed at uptime zero, be it right or wrong; 0: there is none
        self._ticks, self._on_utc = ticks, on_utc
        self._last = ticks()
        self._uptime_ms = 0

    def uptime_ms(self):
        """Milliseconds since boot. Must be called at least once per half tick period (6 days on ESP32)."""
        now = self._ticks()
        self._uptime_ms += ticks_diff(now, self._last)
        self._last = now
        return self._uptime_ms

    def unix_ms(self):
        """Milliseconds since 1970 UTC, or 0 while unknown."""
        return self.uptime_ms() + self.offset_ms if self.utc_known else 0

    def read_rtc(self, unix_ms):
        """What the clock chip shows now, 0 without one: believed, if it can be right, until somebody knows better."""
        if not unix_ms:
            return
        self.rtc_boot_ms = unix_ms - self.uptime_ms()
        if EARLIEST_S * 1000 <= unix_ms < LATEST_S * 1000:
            self.set_utc(unix_ms, RTC)

    def set_utc(self, unix_ms, source):
        """Learn the time; returns whether the mapping changed."""
        offset_ms = unix_ms - self.uptime_ms()
        if self.utc_known and abs(offset_ms - self.offset_ms) < SAME_MS:
            return False
        self.offset_ms = offset_ms
        self.utc_known = True
        self.source = source
        self.generation += 1
        if source != RTC:
            self._on_utc(unix_ms // 1000)
        return True


def civil(unix_s):
    """(year, month, day, hour, minute, second) in UTC; `time.gmtime` has another epoch on each port.

    Days to civil date after Howard Hinnant, "chrono-compatible low-level date algorithms".
    """
    days, second = divmod(unix_s, 86400)
    days += 719468
    era, day_of_era = divmod(days, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, day, second // 3600, second // 60 % 60, second % 60


def unix_s_at(year, month, day, hour, minute, second):
    """The way back from `civil`; None where the numbers are no time."""
    unix_s = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return unix_s if civil(unix_s) == (year, month, day, hour, minute, second) else None


def _days(year, month, day):
    """From 1970-01-01, after Howard Hinnant; years that begin in March end with the leap day."""
    year, month = year - (month < 3), (month + 9) % 12
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - 719469


def iso(unix_ms):
    """`2026-11-23T12:00:00Z`."""
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % civil(unix_ms // 1000)


def compact(unix_s):
    """`20261123T120000Z`, as SigV4 and object keys write it."""
    return "%04d%02d%02dT%02d%02d%02dZ" % civil(unix_s)
