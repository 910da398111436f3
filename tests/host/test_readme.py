# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The README's commands, run as they stand (but those that last, or change the machine: they have tests of their own)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.demo import clip

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_HERE = ("make ", "sudo ", "daylog sim shell", "daylog sim board", "daylog run", "daylog console", "daylog verify ~")
EXPECTED = {"daylog verify": 3}  # the README's run has power cuts in it


def commands() -> list[str]:
    blocks = "\n".join(FENCE.findall((ROOT / "README.md").read_text())).replace("\\\n", " ")
    return [line.split("#")[0].strip() for line in blocks.splitlines() if line.strip() and not line.startswith(NOT_HERE)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder as a newcomer's clone: the boards, and a clip."""
    shutil.copytree(ROOT / "boards", tmp_path / "boards")
    shutil.copy(clip(), tmp_path / "clip.mp4")
    return tmp_path


def test_the_commands_of_the_readme_do_what_it_says(place: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    try:
        for line in commands():
            words = line.split()
            if words[0] == "daylog":
                words[:1] = [sys.executable, "-m", "host_tools"]
            done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True)
            expected = EXPECTED.get(" ".join(line.split()[:2]), 0)
            assert (line, done.returncode, done.stderr if done.returncode != expected else "") == (line, expected, "")
    finally:
        subprocess.run([sys.executable, "-m", "host_tools", "store", "down"], cwd=place, env=environment, capture_output=True)
    assert (place / "film.mp4").stat().st_size > 0
