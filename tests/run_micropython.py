# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Run the firmware tests on real MicroPython: the same files pytest runs on CPython.

python tests/run_micropython.py                      # all of them
python tests/run_micropython.py tests/firmware/test_mcap.py
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from sysconfig import get_path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests/firmware", "tests/hal", "tests/sim_device")
ONE_FILE = """
import sys
sys.path[:0] = [{root!r} + '/tests/micropython', {root!r}, {root!r} + '/' + {folder!r}]
sys.path.append({packages!r})  # the drivers that a port uses as they are published
import unittest
module = __import__({name!r})
print('RESULT %d %d %d' % unittest.run_module(module))
"""


def interpreter() -> str:
    beside = Path(sys.executable).with_name("micropython")
    return os.environ.get("DAYLOG_MICROPYTHON") or (str(beside) if beside.exists() else "") or shutil.which("micropython") or "micropython"


def test_files(names: list[str]) -> list[Path]:
    if names:
        return [Path(name).resolve() for name in names]
    files = [f for folder in FOLDERS for f in sorted((ROOT / folder).glob("test_*.py"))]
    return [f for f in files if not f.stem.endswith("_props")]


def run(path: Path) -> tuple[int, int, int]:
    folder = path.parent.relative_to(ROOT).as_posix()
    code = ONE_FILE.format(root=str(ROOT), folder=folder, name=path.stem, packages=get_path("purelib"))
    done = subprocess.run([interpreter(), "-X", "heapsize=32M", "-c", code], capture_output=True, text=True, cwd=ROOT)
    result = re.search(r"RESULT (\d+) (\d+) (\d+)", done.stdout)
    counts = (int(result[1]), int(result[2]), int(result[3])) if result else (0, 1, 0)
    relative = path.relative_to(ROOT)
    print(f"{'ok  ' if not counts[1] else 'FAIL'} {relative}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped", flush=True)
    if counts[1]:
        print(done.stdout + done.stderr, end="")
        print(f"  again: python tests/run_micropython.py {relative}")
    return counts


def main() -> int:
    totals = [sum(column) for column in zip(*(run(f) for f in test_files(sys.argv[1:])), (0, 0, 0))]
    print(f"micropython: {totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
