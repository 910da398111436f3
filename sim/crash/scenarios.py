# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the recorder is doing when the power is cut."""

from sim.crash.stage import Stage
from sim.crash.take import Scenario

_OFTEN = {"commit_interval_ms": 400}


def _recorded_before(stage: Stage) -> None:
    """A card that has been used once."""
    stage.boot(seconds=1.5, typed=[])


ALL = (
    Scenario("first-boot", "an empty card: folders, journal, the first segment", 2.5),
    Scenario("recording", "commits of a growing segment", 6, before=_recorded_before),
    Scenario("rotation", "segments are closed, the next is opened", 4, {**_OFTEN, "segment_ms": 1000}, _recorded_before),
)
SCENARIOS = {scenario.name: scenario for scenario in ALL}
