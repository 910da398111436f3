# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The bench of the recording path still runs, and what it counts without a clock is what it has to be."""

import json
import subprocess

from bench.__main__ import HERE
from sim.world import interpreter


def test_a_frame_takes_next_to_nothing_of_heap_and_card():
    done = subprocess.run([interpreter(), "-X", "heapsize=16M", str(HERE / "record.py"), "quick"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["alloc_per_frame_bytes"] <= 128, told["collections_in_segment"], told["overhead_ratio"] <= 1.005) == (True, 0, True)
