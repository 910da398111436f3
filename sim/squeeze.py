# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The same day in less time: all that happens in it happens so many times as soon.

    squeezed({"hours": 14, "still": [[7, 14]]}, 7)      # {"hours": 2, "still": [[1, 2]]}

For tests, which cannot wait for a day. Rates and currents stay, so battery and card have to shrink as well (sim/scenario.py); what the
firmware and the laws of heat count in minutes does not.
"""

from collections.abc import Callable
from typing import Any


def squeezed(data: Any, times: float) -> Any:
    """A scenario's data, or a part of it."""
    if isinstance(data, list):
        return [squeezed(each, times) for each in data]
    if not isinstance(data, dict):
        return data
    return {name: _HOURS[name](value, times) if name in _HOURS else squeezed(value, times) for name, value in data.items()}


def _divided(hours: Any, times: float) -> Any:
    return [_divided(each, times) for each in hours] if isinstance(hours, list) else hours / times


def _steps(rows: Any, times: float) -> Any:
    """A number for all time, or [[hour, number], …]."""
    return [[hour / times, value] for hour, value in rows] if isinstance(rows, list) else rows


def _whole(hours: int, times: float) -> int:
    return max(1, round(hours / times)) if hours else 0


_HOURS: dict[str, Callable[[Any, float], Any]] = {
    **dict.fromkeys(("hours", "at", "every", "until", "times", "still", "pauses", "nights", "cuts", "no_addresses", "no_names"), _divided),
    **dict.fromkeys(("rssi", "kbps"), _steps),
    "target_hours": _whole,
}
