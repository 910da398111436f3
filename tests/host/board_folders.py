# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""New boards for tests, made as an engineer would make one: copy a folder, change the facts."""

from pathlib import Path

from host_tools.boards import BOARDS

FIRST = "xiao_esp32s3_sense"


def new_board(folder: Path, changes: dict[str, str]) -> Path:
    """The folder of the board that CONTRIBUTING copies, under another name, with the lines of its board.toml that changed."""
    text = (BOARDS / FIRST / "board.toml").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.mkdir()
    (folder / "board.toml").write_text(text)
    return folder
