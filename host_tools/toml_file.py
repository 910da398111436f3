# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""TOML files, on every Python that Daylog runs on."""

import sys
from pathlib import Path
from typing import Any

from host_tools.errors import DaylogError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]


def read_toml(path: Path, error_type: type[DaylogError]) -> dict[str, Any]:
    """The file as it is. Raises `error_type` when it is not TOML."""
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise error_type(f"{path} is not TOML: {error}", "see https://toml.io") from error
