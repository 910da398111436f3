# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The whole board on a battery: whoever governs gets to the end of the day, and no end of a battery costs what was committed."""

from pathlib import Path
from typing import Any

import pytest
from test_runner import options

from host_tools.boards import load
from host_tools.clips import BOARD
from sim import result, runner
from sim.cell import Power
from sim.options import Options
from sim.result import Result

PICTURES = {"rich": ("QVGA", 320, 240, 6, 190), "middle": ("HQVGA", 240, 176, 4, 150), "poor": ("QQVGA", 160, 120, 2, 110)}
HOUR_S = 3600.0


def board() -> dict[str, Any]:
    """A board with small pictures, two a second, in three profiles."""
    found = load(BOARD)
    usual = {"fps": 2, "quality": 80, "grab": "WHEN_EMPTY", "chunk_bytes": 131072}
    found["profiles"] = {
        name: {**usual, "size": size, "width": width, "height": height, "expected_kb_per_frame": kb, "fb_bytes": width * height // 5}
        | {"current_ma": current_ma}
        for name, (size, width, height, kb, current_ma) in PICTURES.items()
    }
    return {**found, "default_profile": "rich", "power": {**found["power"], "battery_mah": 150}}


class Day:
    """What a run told, and how its boots ended."""

    def __init__(self, out: Path, hours: float, power: Power, **settings: Any) -> None:
        chosen: Options = options(out, board=board(), seconds=hours * HOUR_S, power=power, settings=settings)
        world = runner.prepare(chosen)
        self.history = runner.play(chosen, world)
        self.result: Result
        self.result, self.report = result.conclude(chosen, world, self.history)
        self.said = (out / "console.log").read_text()

    @property
    def ends(self) -> list[str]:
        return [end.reason for end in self.history.ends]

    @property
    def hours(self) -> float:
        """How long its first boot lasted."""
        return self.history.ends[0].now_us / 3.6e9

    @property
    def verdict(self) -> tuple[bool, list[str]]:
        return self.result.ok, self.report.problems


@pytest.mark.parametrize("percent", [90, 110, 125])
def test_a_weak_battery_lasts_as_long_as_was_asked_for_if_somebody_governs(tmp_path: Path, percent: int):
    governed = Day(tmp_path / "on", 1, Power(150, percent=percent), target_hours=1)
    alone = Day(tmp_path / "off", 1, Power(150, percent=percent), governor=False)
    assert (governed.ends, governed.verdict) == (["deep_sleep"], (True, []))
    assert (alone.ends, alone.report.problems, alone.hours < 0.9) == (["brownout"], [], True)
    assert {"middle", "poor"} & {word for word in PICTURES if f"power: {word}" in governed.said}, governed.said
    assert alone.result.lost_ms_max <= 2500


def test_an_empty_battery_ends_in_order_and_a_charger_begins_again(tmp_path: Path):
    charger = [(0.0, 21.0, 0), (1.2 * HOUR_S, 21.0, 500)]
    day = Day(tmp_path, 1.8, Power(100, surroundings=charger))
    assert (day.ends[0], day.ends[-1], day.verdict) == ("deep_sleep", "deep_sleep", (True, []))
    assert "the battery is empty: everything is closed" in day.said
    assert (set(day.ends), day.result.frames["dropped"]) == ({"deep_sleep"}, {})
    assert day.history.ends[-1].now_us > 1.5 * HOUR_S * 1e6  # it records again, until the run ends it


def test_a_board_that_gets_too_hot_rests_and_says_so(tmp_path: Path):
    heat = [(0.0, 21.0, 0), (600.0, 80.0, 0), (1800.0, 15.0, 0)]
    day = Day(tmp_path, 1, Power(600, surroundings=heat))
    assert (day.ends, day.verdict) == (["deep_sleep"], (True, []))
    assert "resting, radio off: too hot" in day.said and "recording is paused: heat" in day.said
    assert (day.result.frames["dropped"], day.result.frames["captured"] < 6900) == ({}, True)
