# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Large files that take no room until they are written."""

from pathlib import Path


def sparse_file(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)
