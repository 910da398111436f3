# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The whole board on a battery: whoever governs gets to the end of the day, and no end of a battery costs what was committed."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from test_runner import options

from host_tools.boards import load
from host_tools.clips import BOARD
from host_tools.footage import load as load_footage
from host_tools.sources import open_source
from sim import result, runner
from sim.cell import Power
from sim.options import Options
from sim.result import Result

PICTURES = {"rich": ("QVGA", 320, 240, 6, 190), "middle": ("HQVGA", 240, 176, 4, 150), "poor": ("QQVGA", 160, 120, 2, 110)}
HOUR_S = 3600.0


def board(rates: tuple[int, int, int] = (2, 2, 2)) -> dict[str, Any]:
    """A board with small pictures, some a second, in three profiles."""
    found = load(BOARD)
    usual = {"quality": 80, "grab": "WHEN_EMPTY", "chunk_bytes": 131072}
    found["profiles"] = {
        name: {**usual, "size": size, "width": width, "height": height, "expected_kb_per_frame": kb, "fb_bytes": width * height // 5}
        | {"current_ma": current_ma, "fps": fps}
        for (name, (size, width, height, kb, current_ma)), fps in zip(PICTURES.items(), rates, strict=True)
    }
    return {**found, "default_profile": "rich", "power": {**found["power"], "battery_mah": 150}}


class Day:
    """What a run told, and how its boots ended."""

    def __init__(
        self,
        out: Path,
        hours: float,
        power: Power | None,
        more: dict[str, Any] | None = None,
        rates: tuple[int, int, int] = (2, 2, 2),
        **settings: Any,
    ) -> None:
        given = {"board": board(rates), "seconds": hours * HOUR_S, "power": power, "settings": settings, **(more or {})}
        chosen: Options = options(out, **given)
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


def test_a_change_of_profile_costs_no_frame_and_is_told(tmp_path: Path):
    day = Day(tmp_path, 0.03, Power(3000), {"typed": [(30.0, "profile poor"), (60.0, "profile middle")]}, rates=(6, 4, 2))
    assert (day.verdict, day.report.verdict, day.result.frames["dropped"]) == ((True, []), "lossy", {})
    gaps = [(gap["cause"], gap["to_uptime_ms"] - gap["from_uptime_ms"] < 1500) for gap in day.report.gaps]
    assert gaps == [("profile", True)] * 2
    with open_source(tmp_path / "card.img") as source:
        segments = load_footage(source).segments
    assert [(segment.metadata["profile"], segment.fps) for segment in segments] == [("rich", 6), ("poor", 2), ("middle", 4)]


def test_a_time_lapse_has_the_camera_on_for_its_pictures_only(tmp_path: Path):
    seldom = board()
    size = {"size": "R240X240", "width": 240, "height": 240, "fb_bytes": 11520}
    seldom["profiles"]["lapse"] = {**seldom["profiles"]["poor"], **size, "fps": 5, "every_s": 20, "current_ma": 52}
    day = Day(tmp_path, 0.2, Power(1000), {"board": seldom, "profile": "lapse", "power_cuts": [400.0]}, wifi=[])
    assert (day.verdict, day.result.frames["dropped"], day.result.lost_ms_max) == ((True, []), {}, 0)
    rows = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    pictures = sum(row["what"] == "camera_on" for row in rows)
    assert (day.result.frames["recorded"], pictures) == (pytest.approx(35, abs=1), pytest.approx(35, abs=1))
    hours = (rows[-1]["us"] - 5e6) / 3.6e9
    assert max(row["used_mwh"] for row in rows if row["what"] == "current") / 4.1 / hours == pytest.approx(52, rel=0.1)


def test_a_voltage_that_gives_way_in_the_cold_costs_what_a_cut_costs(tmp_path: Path):
    frost = [(0.0, 25.0, 0), (60.0, -45.0, 0), (600.0, 25.0, 0)]
    worn = Power(1000, charge=0.7, age=0.9, resistance_milliohm=250, brownout_mv=3550, surroundings=frost)
    day = Day(tmp_path, 0.3, worn, governor=False)
    assert (day.ends[0], set(day.ends[:-1]), day.ends[-1], day.verdict) == ("brownout", {"brownout"}, "deep_sleep", (True, []))
    assert (set(day.result.frames["dropped"]), day.result.lost_ms_max <= 2500) == ({"brownout"}, True)
    assert day.said.count("reset cause power_on") == len(day.ends) > 2, "it tries again each minute until it is warm enough"


def test_the_button_pauses_records_again_and_wakes(tmp_path: Path):
    presses = [(20.0, 200), (40.0, 200), (80.0, 3000)]
    day = Day(tmp_path, 0.03, None, {"button": presses, "typed": [(60.0, "shutdown")]})
    assert (day.ends, day.verdict) == (["deep_sleep"] * 2, (True, []))
    frames = map(json.loads, (tmp_path / "truth.jsonl").read_text().splitlines())
    times_s = [row["ticks_ms"] / 1000 + (80 if row["boot"] == 2 else 0) for row in frames]
    pauses = [(round(before), round(after)) for before, after in pairwise(times_s) if after - before > 5]
    assert [(20 <= before <= 22, after) for before, after in pauses] == [
        (True, pytest.approx(41, abs=1)),
        (False, pytest.approx(81, abs=1)),
    ]


def test_the_console_says_what_the_battery_does(tmp_path: Path):
    typed = [(20.0, "power"), (21.0, "power --json"), (22.0, "profile"), (23.0, "status")]
    said = Day(tmp_path, 0.01, Power(3000, charge=0.5), {"typed": typed}, target_hours=14).said
    battery = next(json.loads(line) for line in said.splitlines() if line.startswith("{"))["power"]
    assert (battery["percent"], battery["mode"], battery["external"]) == (49, "record", None)
    for line in (r"battery +3\.8\d V, 49 %, \d+\.\d h left in \w+", r"target +14\.0 h more", r"poor +160x120, 2 fps, 4 kB/s, 110 mA, "):
        assert re.search(line, said), (line, said)
