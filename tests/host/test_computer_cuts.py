# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The power of a simulated computer is cut behind calls that a seed chooses; `make crash` cuts it behind every one.

A failure names the command that replays the cut.
"""

import json
from random import Random

import pytest
from click.testing import CliRunner

from host_tools.commands.sim import command
from host_tools.errors import UsageError
from sim.linux.cuts import SCENARIOS, cuts_of, record, run
from sim.linux.remains import MODELS

SEED, CUTS_EACH = 5, 6


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_cut_breaks_a_promise(tmp_path, scenario: str):
    take = record(SCENARIOS[scenario], tmp_path / "take")
    cuts = Random(SEED).sample(cuts_of(take, MODELS, SEED), CUTS_EACH)
    found = dict(run([take], cuts, tmp_path, processes=1))
    assert ({cut.command: problems for cut, problems in found.items() if problems}, len(found)) == ({}, CUTS_EACH)


def test_what_the_scenarios_are_about_happens(tmp_path):
    takes = {name: record(SCENARIOS[name], tmp_path / name) for name in ("first-boot", "recovery", "reclaim", "settings")}
    calls = {name: {(call.name, call.path.rpartition(".")[2]) for call in take.calls} for name, take in takes.items()}
    assert ("mkdir", "card/daylog") in calls["first-boot"] and ("open", "mcap") in calls["recovery"]
    assert ("remove", "mcap") in calls["reclaim"] and ("rename", "new") in calls["settings"]


def test_a_cut_is_replayed_by_its_command():
    words = ["cuts", "--scenario", "rotation", "--cut", "40", "--model", "posix", "--processes", "1", "--json"]
    found = json.loads(CliRunner().invoke(command, words, standalone_mode=False).output.splitlines()[-1])
    assert (found["cuts"], found["violations"], found["failures"]) == (1, 0, [])


def test_a_call_that_no_scenario_has_is_refused():
    done = CliRunner().invoke(command, ["cuts", "--scenario", "rotation", "--cut", "99999"], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
