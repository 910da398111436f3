# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A wearer's pause on the simulated board: it outlives a power cut, unless it was to end by itself."""

import json
from pathlib import Path

from host_tools.boards import load
from host_tools.commands.sim import run
from host_tools.demo import clip
from sim.options import Options

CUT_S, OFF_S = 20.0, 3.0


def console_and_frames(out: Path, first: str, later: list[tuple[float, str]]) -> tuple[str, dict[int, list[float]]]:
    """What was said in the second boot, and when frames were recorded, in seconds since each boot."""
    typed = [(10.0, first), *later]
    options = Options(load("xiao_esp32s3_sense"), clip(), 40, out, power_cuts=[CUT_S], off_seconds=OFF_S, typed=typed)
    result, problems = run(options)
    assert (result.ok, problems, result.boots) == (True, [], 2)
    times: dict[int, list[float]] = {1: [], 2: []}
    for row in map(json.loads, (out / "truth.jsonl").read_text().splitlines()):
        if row["fate"] == "recorded":
            times[row["boot"]].append(row["ticks_ms"] / 1000)
    return (out / "console.log").read_text(errors="replace").partition("--- boot 2")[2], times


def test_a_pause_outlives_a_power_cut(tmp_path):
    said, times = console_and_frames(tmp_path, "pause", [(28.0, "status"), (32.0, "resume"), (36.0, "status")])
    assert 9 < times[1][-1] < 10.5
    assert 9 < times[2][0] < 11, "not before resume at 32 s, 9 s after this boot"
    assert "paused: recording is paused" in said
    assert [line.split()[1] for line in said.splitlines() if line.startswith("state ")] == ["paused,", "recording,"]


def test_a_pause_of_some_minutes_ends_with_the_boot(tmp_path):
    said, times = console_and_frames(tmp_path, "pause 5", [(28.0, "status")])
    assert (9 < times[1][-1] < 10.5, times[2][0] < 3) == (True, True)
    assert [line.split()[1] for line in said.splitlines() if line.startswith("state ")] == ["recording,"]
