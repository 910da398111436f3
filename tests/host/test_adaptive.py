# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A scene that stands still for a while on the simulated board: what is left out is told, and nothing of what moves is."""

import json

from host_tools.boards import load
from host_tools.clips import clip
from host_tools.commands.sim import run
from sim.options import Options

STILL_S = (10.0, 30.0)


def test_what_stands_still_is_thinned_and_told(tmp_path):
    settings = {"adaptive": True}
    options = Options(load("xiao_esp32s3_sense"), clip(), 40, tmp_path, power_cuts=[24.5], still=[STILL_S], settings=settings)
    result, problems = run(options)
    rows = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    left_out = [row["ticks_ms"] / 1000 for row in rows if row["fate"] == "dropped:still" and row["boot"] == 1]
    assert (result.ok, problems, "unexplained" in result.frames["dropped"]) == (True, [], False)
    assert 70 < len(left_out) < 90, "of the 9.5 s that are still and settled, nine frames in ten"
    assert min(left_out) > STILL_S[0] + 5
