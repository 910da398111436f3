# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real service of a computer is killed at some moments; `make kills` does it 200 times."""

from pathlib import Path

import pytest
from cheats import no_comparing
from click.testing import CliRunner

from host_tools.commands.sim import command
from sim.kills.campaign import Campaign
from sim.linux.remains import MODELS

SEED, KILLS = 6, 8

NO_SYNC = """
from firmware import durable
flush = durable._File.flush
durable._File.flush = lambda self: None if str(self.name).endswith(".mcap") else flush(self)
"""


def test_no_kill_breaks_a_promise(tmp_path: Path):
    with Campaign(tmp_path, SEED) as campaign:
        outcomes = list(campaign.run(KILLS))
        problems = {f"daylog sim kills --again {outcome.again}": outcome.problems for outcome in outcomes if outcome.problems}
        assert (problems, campaign.end()) == ({}, [])
    assert ({outcome.model for outcome in outcomes}, campaign.objects > 0) == (set(MODELS), True)


@pytest.mark.parametrize(
    ("sabotage", "complaint"),
    [(NO_SYNC, "of footage are lost"), (no_comparing(100), "the store does not have it")],
    ids=["files are not synced", "an upload that never was"],
)
def test_a_service_that_cheats_is_found_out(tmp_path: Path, sabotage: str, complaint: str):
    with Campaign(tmp_path, SEED, ["nothing"], sabotage) as campaign:
        failed = next(outcome for outcome in campaign.run(20) if outcome.problems)
    assert any(complaint in problem for problem in failed.problems)
    again = CliRunner().invoke(command, ["kills", "--again", str(failed.again)], standalone_mode=False)
    assert (again.return_value, all(problem in again.output for problem in failed.problems)) == (1, True)
