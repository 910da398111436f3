# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""When the store refuses the recorder's clock, the Date of its answer may correct it.

    clock = StoreClock(keeper, health)
    if clock.correct(endpoint, date): ...      # try again at once
    clock.accepted()                           # the store believes our clock

Only over TLS, where a certificate says who speaks: then the store outranks NTP, which anybody on the way can answer. Only for
a date this firmware can live in, and only once until the store has accepted something: a clock that is corrected in
a loop would cut the recording to pieces.
"""

from firmware.replies import number
from firmware.timekeeper import EARLIEST_S, LATEST_S, iso, unix_s_at

SOURCE = "store"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def unix_s_of(date):
    """Of `Mon, 23 Nov 2026 12:00:00 GMT` (RFC 9110), or None."""
    words = date.split()
    if len(words) != 6 or words[2] not in _MONTHS or words[5] != "GMT":
        return None
    fields = [number(field) for field in [words[3], words[1]] + words[4].split(":")]
    if len(fields) != 5 or None in fields:
        return None
    year, day, hour, minute, second = fields
    month = _MONTHS.index(words[2]) + 1
    return unix_s_at(year, month, day, hour, minute, second)


class StoreClock:
    def __init__(self, keeper, health):
        self._keeper, self._health = keeper, health
        self._is_spent = False

    def accepted(self):
        self._is_spent = False

    def correct(self, endpoint, date):
        """Whether the clock was set by what the store says."""
        unix_s = unix_s_of(date)
        if self._is_spent or not endpoint.startswith("https://") or unix_s is None or not EARLIEST_S <= unix_s < LATEST_S:
            return False
        self._is_spent = True
        was_ms = self._keeper.unix_ms()
        self._keeper.set_utc(unix_s * 1000, SOURCE)
        self._health.event("clock", "it is %s, says the store; here it was %s" % (iso(unix_s * 1000), iso(was_ms)), "warn")
        return True
