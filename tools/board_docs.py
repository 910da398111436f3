# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""docs/boards/ from the boards' folders: written anew, or with --check compared with what is there."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "docs" / "boards"


def stale(wanted: dict[str, str]) -> list[str]:
    """Names of the files that are missing, superfluous or not as they should be."""
    there = {file.name: file.read_text() for file in FOLDER.glob("*")}
    return sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))


def write(wanted: dict[str, str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale(wanted):
        if name in wanted:
            (FOLDER / name).write_text(wanted[name])
        else:
            (FOLDER / name).unlink()


def main(arguments: list[str]) -> int:
    from host_tools.board_page import pages

    wanted = pages()
    if "--check" not in arguments:
        write(wanted)
    found = stale(wanted)
    print(f"docs/boards is not what boards/ says: {', '.join(found)}; `make boards-docs`" if found else "docs/boards is what boards/ says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
