# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""New boards for tests, made as an engineer would make one: copy a folder, change the facts."""

from pathlib import Path

from host_tools.boards import BOARDS, names


def new_board(folder: Path, changes: dict[str, str]) -> Path:
    """The first board's folder under another name, with the lines of its board.toml that changed."""
    text = (BOARDS / names()[0] / "board.toml").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.mkdir()
    (folder / "board.toml").write_text(text)
    return folder
