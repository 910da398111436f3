# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a technician sees at each step of a visit is what he saw before; `python -m tests.host.visit` renews it."""

from pathlib import Path

from host_tools import store
from sim.world import KEY
from tests.host.visit import GOLDEN, console, transcript


def test_what_the_technician_sees(tmp_path: Path):
    info = store.up(tmp_path / "store")
    try:
        said = console(tmp_path / "run", info)
    finally:
        store.down(info.folder)
    assert transcript(said).split("\n") == GOLDEN.read_text().split("\n")
    assert [secret for secret in (KEY, "short", "that of last year") if secret in said] == []
