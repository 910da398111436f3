# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One time axis for a recording: film time, in nanoseconds from its first frame.

Within a boot it follows uptime, which no clock step can bend. From boot to boot it follows UTC, also where it was learnt late (see
dating.py); a boot of which only the order is known, or whose clock ran behind, begins where the one before it ended.
"""

from dataclasses import dataclass

from host_tools.dating import date
from host_tools.footage import Boot, Footage


@dataclass(frozen=True)
class Timeline:
    """Maps the uptime of each boot to film time and to UTC."""

    boots: list[Boot]
    starts_ns: dict[int, int]  # boot number -> film time at its uptime zero
    duration_ns: int  # from the first frame to the end of the last one
    utc_start_ns: int | None  # Unix time of the first frame, if any boot knew it

    def film_ns(self, boot: int, uptime_ns: int) -> int:
        return self.starts_ns[boot] + uptime_ns


def lay_out(footage: Footage) -> Timeline:
    """Lay the boots of one recorder one after another; boots without a frame have no place."""
    boots = [boot for boot in footage.boots if boot.frames]
    dates = date(footage.boots)
    starts: dict[int, int] = {}
    end_ns, utc_at_zero_ns = 0, None
    for boot in boots:
        first_ns = boot.frames[0].uptime_ns
        begin_ns = end_ns
        utc_ns = dates[boot.number].utc_ns
        if utc_ns is not None:
            begins_utc_ns = utc_ns + first_ns
            utc_at_zero_ns = begins_utc_ns - end_ns if utc_at_zero_ns is None else utc_at_zero_ns
            begin_ns = max(end_ns, begins_utc_ns - utc_at_zero_ns)
        starts[boot.number] = begin_ns - first_ns
        end_ns = starts[boot.number] + boot.frames[-1].uptime_ns + boot.period_ns
    return Timeline(boots, starts, end_ns, utc_at_zero_ns)
