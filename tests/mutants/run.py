# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Put each deliberate bug of the table into a copy of the tree, and run the tests that must catch it.

    python -m tests.mutants.run [NAME...]     NAME: a part of a mutant's name

Exit code: 0 each was caught, 1 one survived or no longer fits its file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT_S = 300
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", ".*_cache", ".hypothesis")


def main(names: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not names or any(name in mutant.name for name in names)]
    unfit = [mutant.name for mutant in chosen if not fits(mutant)]
    if unfit:
        print("do not fit their file any more:", *unfit, sep="\n  ")
        return 1
    with tempfile.TemporaryDirectory(prefix="daylog-mutants-") as scratch:
        tree = Path(scratch) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        survivors = [mutant.name for mutant in chosen if not is_caught(mutant, tree)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught" + "".join(f"\n  survived: {name}" for name in survivors))
    return 1 if survivors or not chosen else 0


def fits(mutant: Mutant) -> bool:
    """Whether its text stands exactly once in its file."""
    return (ROOT / mutant.file).read_text().count(mutant.old) == 1


def is_caught(mutant: Mutant, tree: Path) -> bool:
    """Whether tests fail with it. Those that fail without it prove nothing: they are an error."""
    started, path = time.monotonic(), tree / mutant.file
    sound = path.read_text()
    for test in mutant.tests:
        must_pass(test, tree)
        path.write_text(sound.replace(mutant.old, mutant.new))
        caught = not passes(test, tree)
        path.write_text(sound)
        if caught:
            print(f"  caught in {time.monotonic() - started:5.1f} s  {mutant.name:64} {test}", flush=True)
            return True
    print(f"  SURVIVED           {mutant.name}", flush=True)
    return False


@cache
def must_pass(test: str, tree: Path) -> None:
    if not passes(test, tree):
        sys.exit(f"{test} fails without any bug; run it by itself")


def passes(test: str, tree: Path) -> bool:
    """A test that hangs fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split()]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=LIMIT_S).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
