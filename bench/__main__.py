# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`make bench`: ratios measured in one run, printed and written to bench.json. Never a test: machines differ."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

from bench.computer import recording_core, recording_while_uploading, streams_core
from bench.still import outcomes
from bench.upload import upload_ratios
from host_tools.boards import load
from host_tools.demo import BOARD, clip
from host_tools.errors import DaylogError
from sim import runner
from sim.options import Options
from sim.world import interpreter

HERE = Path(__file__).resolve().parent
SIM_SECONDS = 600.0
TARGETS = {
    "record_ratio": (">=", 0.90),
    "alloc_per_frame_bytes": ("<=", 128),
    "collections_in_segment": ("<=", 0),
    "upload_ratio": (">=", 0.8),
    "computer_upload_ratio": (">=", 0.8),
    "computer_tls_upload_ratio": (">=", 0.8),
    "recording_core": ("<=", 0.1),
    "recording_gaps": ("<=", 0),
    "streams_core": ("<=", 0.1),
    "streams_gaps": ("<=", 0),
    "uploading_gaps": ("<=", 0),
    "sim_speed": (">=", 100),
    "overhead_ratio": ("<=", 1.005),
    "still_saved": (">=", 0.2),
    "still_changed_kept": (">=", 0.95),
}


def record() -> dict[str, Any]:
    """record_ratio, alloc_per_frame_bytes, collections_in_segment, overhead_ratio: see record.py."""
    done = subprocess.run([interpreter(), "-X", "heapsize=16M", str(HERE / "record.py")], capture_output=True, text=True)
    if done.returncode:
        raise DaylogError("bench/record.py failed", done.stderr.strip()[-500:])
    return json.loads(done.stdout.splitlines()[-1])


def sim_speed(folder: Path) -> float:
    """Virtual seconds per real second, default profile, every byte hashed and written. The reel is made before."""
    options = Options(board=load(BOARD), video=clip(), seconds=SIM_SECONDS, out=folder)
    history = runner.play(options, runner.prepare(options))
    return history.virtual_s / history.real_s


def still() -> dict[str, float]:
    """Of footage that stands still for 4/9 of the time: the bytes that adaptive capture saves, and what it keeps of the frames that
    changed; the mean and the worst of the clips."""
    found = outcomes(load(BOARD)["profiles"]["svga10"])
    return {"still_saved": mean(each.saved for each in found), "still_changed_kept": min(each.changed_kept for each in found)}


def verdict(name: str, value: float) -> str:
    sign, target = TARGETS[name]
    met = value >= target if sign == ">=" else value <= target
    return f"{name:24} {value:10.3f}   target {sign} {target}: {'met' if met else 'MISSED'}"


def main() -> int:
    results = record() | still()
    with tempfile.TemporaryDirectory() as folder:
        results["sim_speed"] = sim_speed(Path(folder) / "run")
        results |= upload_ratios(Path(folder))
        results |= recording_core(Path(folder) / "computer") | recording_while_uploading(Path(folder) / "uploading")
        results |= streams_core(Path(folder) / "streams")
    Path("bench.json").write_text(json.dumps(results, indent=2) + "\n")
    print("\n".join(verdict(name, results[name]) for name in TARGETS))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DaylogError as error:
        sys.exit(f"bench: {error}")
