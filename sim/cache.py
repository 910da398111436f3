# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Files that are made once and kept between runs: compiled firmware, reels. Safe to delete at any time.

path = kept("reels", "5e1f.reel", lambda path: path.write_bytes(encode(video)))
"""

import os
from collections.abc import Callable
from pathlib import Path


def folder() -> Path:
    """$DAYLOG_CACHE, or `daylog` in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(os.environ.get("DAYLOG_CACHE") or os.path.join(base, "daylog"))


def kept(kind: str, name: str, make: Callable[[Path], None]) -> Path:
    """The file of that name, made if it is not there. It is there whole or not at all, also with two runs at once."""
    path = folder() / kind / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{name}.{os.getpid()}")
        try:
            make(unfinished)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path
