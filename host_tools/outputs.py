# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Files and folders that take their name only when they are finished, so that Ctrl-C leaves nothing behind."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def finished_or_absent(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; renamed when the block ends well, removed when it does not."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    _remove(unfinished)
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        _remove(unfinished)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
