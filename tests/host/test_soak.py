# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An hour in which as much goes wrong as in a day; `make soak SEED=n` wears the simulated recorder for seven."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_runner import options, run

from host_tools.commands.sim import command
from sim.week import DAY_S, ON_S, draw


@pytest.mark.parametrize("seed", [1, 2])
def test_every_frame_of_an_hour_full_of_faults_is_accounted_for(tmp_path: Path, seed: int):
    words = f"soak --seed {seed} --days 1 --day-seconds 3600 --json --out {tmp_path / 'out'}".split()
    done = CliRunner().invoke(command, words, standalone_mode=False)
    assert done.exception is None, done.output
    told = json.loads(done.output.splitlines()[-1])
    again = "again: daylog sim " + " ".join(words)
    assert (told["problems"], told["unexplained"], told["ok"], done.return_value) == ([], 0, True, 0), again
    assert (told["cuts"] > 4, len(told["faults"]) > 1, told["segments"]["pending"]) == (True, True, 0), again
    assert told["frames"]["captured"] == told["frames"]["recorded"] + sum(told["frames"]["dropped"].values())
    assert told["lost_ms_max"] <= 2500, again  # two seconds, and the period of the last frame


def test_a_week_is_its_seed(tmp_path: Path):
    first, second, other = draw(1, 7), draw(1, 7), draw(2, 7)
    assert (first == second, first == other, first.seconds) == (True, False, 7 * DAY_S)
    assert all(cut % DAY_S < ON_S + 60 for cut in first.cuts)
    assert {kind for seed in range(1, 6) for _, _, kind in draw(seed, 7).moods} >= {"lost_reply", "keeps_nothing", "login_page"}


def test_a_segment_that_is_to_last_an_hour_can_still_be_recovered(tmp_path: Path):
    """Found by a soak: the summary of a segment of many chunks found no room in a heap that had been in use for long."""
    result, problems = run(options(tmp_path, seconds=700, profile="qvga20", power_cuts=[600], settings={"segment_ms": 3_600_000}))
    assert (result.ok, problems, result.boots, result.lost_ms_max <= 2000) == (True, [], 2, True)
    assert result.segments["closed"] == 3
