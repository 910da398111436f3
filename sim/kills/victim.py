# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real service with its calls on tape: python -m sim.kills.victim ROOT CAPACITY_MB SABOTAGE

Below ROOT are the system's files, the disk with card and state, and the tape. All else is as `python -m hal.linux.service` has it, but for
the clock, which belongs to the machine that this runs on, the size of the disk, and what Python does to it that a test has made up.
"""

import sys
import time
from pathlib import Path

from hal.linux import service, system
from sim.device.clock import Clock
from sim.linux.disk import Disk
from sim.linux.files import Files
from sim.linux.tape import Recording

FOLDERS = ("card", "state")
DISK, TAPE, SYSTEM, BOARD = "disk", "calls.tape", "system", "board.json"


def _is_not_ours(clock: int, seconds: float) -> None:
    raise PermissionError(1, "the clock is the machine's")


def main(root: Path, capacity_mb: int, sabotage: str) -> None:
    system.root, time.clock_settime = str(root / SYSTEM), _is_not_ours
    disk = Disk(root / DISK / "card", capacity_mb * 1_000_000, [], Clock(0, 0), lambda fault: None)
    Files(root / DISK, FOLDERS, disk.check, Recording(root / TAPE).add).install()
    disk.install()
    exec(sabotage, {})
    service.main([str(root / BOARD), str(root / DISK / "state")])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
