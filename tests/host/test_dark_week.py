# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Seven days of the real firmware without any network, over the night in which European clocks change; then one answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import load
from host_tools.dating import Dating, date
from host_tools.demo import BOARD, clip
from host_tools.footage import load as load_footage
from host_tools.footage import open_source
from sim import runner
from sim.options import Options
from sim.result import conclude
from sim.soak import PROFILE

DAY_S = 86_400
STARTS_MS = 1_774_483_200_000  # 2026-03-26T00:00:00Z; clocks go forward on the 29th
BOOTS = [(day * DAY_S + hour * 3600.0, 20.0) for day in range(7) for hour in (8, 23.9986)]  # the second spans midnight


def week(out: Path, **rtc: Any) -> tuple[dict[int, Dating], list[int]]:
    """(the date of each boot, when it really was in ns); the Wi-Fi is there at the very end."""
    board = load(BOARD)
    board["profiles"]["slow"] = PROFILE
    ends_s = 7 * DAY_S + 120
    options = Options(
        board,
        clip(),
        ends_s,
        out,
        profile="slow",
        rtc=rtc,
        utc_at_zero_ms=STARTS_MS,
        wakes=[start for start, _ in BOOTS] + [ends_s - 60],
        typed=[(start + lasts, "shutdown") for start, lasts in [(0.0, 10.0), *BOOTS]],
        wifi_from=ends_s - 40,
    )
    world = runner.prepare(options)
    result, report = conclude(options, world, runner.play(options, world))
    assert (result.ok, report.problems, result.boots) == (True, [], len(BOOTS) + 2)
    trace = [json.loads(line) for line in (out / "trace.jsonl").read_text().splitlines()]
    with open_source(out / "card.img") as source:
        dates = date(load_footage(source).boots)
    return dates, [STARTS_MS * 10**6 + row["us"] * 1000 for row in trace if row["what"] == "boot"]


@pytest.mark.parametrize("drift_ppm", [40, -40])
def test_with_a_chip_every_boot_lands_within_its_minute(tmp_path, monkeypatch, drift_ppm):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    dates, truth = week(tmp_path, present=True, drift_ppm=drift_ppm)
    assert [dating.how for dating in dates.values()] == ["chip"] * (len(BOOTS) + 1) + ["told"]
    off_s = [((dating.utc_ns or 0) - true) / 1e9 for dating, true in zip(dates.values(), truth, strict=True)]
    assert 23 < max(map(abs, off_s)) < 26 and abs(off_s[-1]) < 0.1  # 40 ppm of a week
    for dating, true in zip(dates.values(), truth, strict=True):
        assert (dating.earliest_ns or 0) - 10**8 <= true <= (dating.latest_ns or 0) + 10**8


def test_without_one_the_order_and_the_bounds_are_right(tmp_path):
    dates, truth = week(tmp_path)
    assert [dating.how for dating in dates.values()] == ["order"] * (len(BOOTS) + 1) + ["told"]
    assert all(true <= (dating.latest_ns or 0) + 10**8 for dating, true in zip(dates.values(), truth, strict=True))
