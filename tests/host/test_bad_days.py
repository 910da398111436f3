# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad days for the firmware: what fails, hangs or lies inside it, and what the recording makes of that."""

from pathlib import Path

import pytest
from bad_day import day

SAFE = "error safe_mode: safe mode, because"

# -- a task fails ----------------------------------------------------------------------------------

TASKS = {
    "watchdog": "from firmware.supervisor import Supervisor as owner; name = 'guard'",
    "console": "from firmware import console as owner; name = 'serve'",
    "light": "from firmware.app import App as owner; name = '_light'",
    "telemetry": "from firmware.app import App as owner; name = '_telemetry'",
    "start": "from firmware.app import App as owner; name = '_outlast'",
    "card": "from firmware.storage import Storage as owner; name = 'run'",
    "link": "from firmware.link import Link as owner; name = 'run'",
    "clock": "from firmware.sntp import Clock as owner; name = 'run'",
    "uploader": "from firmware.uploader import Uploader as owner; name = 'run'",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_fails_costs_no_frame(tmp_path: Path, task: str):
    wrong = day(tmp_path, TASKS[task] + "\ngoes_wrong(owner, name, RuntimeError('a bad day'))", typed=[(10.0, "log")])
    failed = f"error task: {task} failed: RuntimeError('a bad day',); it starts again"
    assert (wrong.result.ok, wrong.problems, wrong.result.frames["dropped"], wrong.ends) == (True, [], {}, ["deep_sleep"])
    assert wrong.said[0].count(failed) >= 3


def test_a_task_without_memory_costs_no_frame(tmp_path: Path):
    wrong = day(tmp_path, TASKS["uploader"] + "\ngoes_wrong(owner, name, MemoryError('memory allocation failed'))")
    assert (wrong.result.ok, wrong.result.frames["dropped"]) == (True, {})
    assert "uploader failed: MemoryError" in wrong.said[0]


RECORDER = """
from firmware.{module} import {owner}
real, left = {owner}.{name}, [{times}]
def wrong(*args):
    left[0] -= 1
    if left[0] == 0 and not {after}:
        raise {error}
    result = real(*args)
    if left[0] == 0:
        raise {error}
    return result
{owner}.{name} = wrong
"""
MOMENTS = [
    ("recorder", "Recorder", "_look", 50),
    ("chunk", "ChunkBuffer", "add_frame", 40),
    ("segment", "SegmentWriter", "put", 4),
    ("segment", "SegmentWriter", "step", 30),
    ("segment", "SegmentWriter", "commit", 3),
    ("segment", "SegmentWriter", "close", 2),
    ("segments", "SegmentStore", "open_next", 2),
    ("segments", "SegmentStore", "closed", 2),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment[2])
def test_a_fault_in_the_recorder_costs_at_most_one_commit_interval(tmp_path: Path, moment: tuple, after: bool):
    module, owner, name, times = moment
    code = RECORDER.format(module=module, owner=owner, name=name, times=times, after=after, error="MemoryError('bad day')")
    wrong = day(tmp_path, code, settings={"segment_ms": 3000})
    assert (wrong.result.ok, wrong.problems, wrong.result.boots) == (True, [], 1)
    assert set(wrong.result.frames["dropped"]) <= {"fault", "overflow"}
    assert wrong.result.frames["recorded"] > 80 and lost(wrong.result.frames) <= 27, wrong.result.frames  # 2 s, and the camera's start
    assert "error task: recorder failed: MemoryError" in wrong.said[0]


def lost(frames: dict) -> int:
    return sum(frames["dropped"].values())
