# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The store that a scenario sends to, and how far the board had got with its writes when it had accepted a segment.

with accepting(folder) as (settings, accepted):
    ... a boot with these settings, its writes logged in the folder ...
accepted[4, 1]      # length of the log at that moment
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from host_tools.card_journal import Key
from sim.runner import virtual_s
from sim.world import FIXED_UTC_MS, store_settings
from sim.world_store import Kept, WorldStore

_NAME = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")


@contextmanager
def accepting(folder: Path) -> Iterator[tuple[dict[str, Any], dict[Key, int]]]:
    """The settings of a recorder that is to send to it, and what it has accepted."""
    accepted: dict[Key, int] = {}

    def keep(kept: Kept) -> None:
        if named := _NAME.search(kept.key):
            accepted[int(named[1]), int(named[2])] = (folder / "writes.log").stat().st_size

    with WorldStore(lambda: FIXED_UTC_MS / 1000 + virtual_s(folder / "trace.jsonl"), keep) as store:
        yield {"store": store_settings(store.settings)}, accepted
