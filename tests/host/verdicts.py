# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What became of each scenario on each board, as verdicts.json keeps it: `python -m tests.host.verdicts` writes it anew.

Whole days and a whole week, so many times as short and with every tenth frame only that CI can afford them all. The simulation of an
rp2 steps through each line of a picture. A battery squeezed so far is empty between two looks of the governor: whether power fails is no
verdict on the board here, `daylog sim day` gives that. What counts is that nobody changes one without noticing.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from host_tools import boards
from host_tools.clips import BOARD
from sim.day import PASS, play
from sim.scenario import load, names

KEPT = Path(__file__).with_name("verdicts.json")
THIN = 10
SQUEEZE = {"esp32": (28, 308), "rp2": (308, 1232)}  # a day, the week


def verdict(board: str, name: str, out: Path) -> str:
    """In a line: the worst of the promises, and which were not kept as they should."""
    about = boards.load(board)
    squeeze = SQUEEZE[about["port"]][name == "offline_week"]
    day = play(load(name, squeeze=squeeze), about, out, seed=1, thin=THIN)
    return "; ".join([day.verdict, *(f"{each.verdict} {each.name}" for each in day.promises if each.verdict != PASS)])


def pairs() -> Iterator[tuple[str, str]]:
    """Every microcontroller board but the one whose days are played more closely, with every scenario."""
    return ((board, name) for board in boards.names() if board != BOARD and boards.load(board)["port"] != "linux" for name in names())


def main() -> None:
    kept: dict[str, dict[str, str]] = {}
    for board, name in pairs():
        with tempfile.TemporaryDirectory() as scratch:
            kept.setdefault(board, {})[name] = verdict(board, name, Path(scratch) / "day")
        print(f"{board:28} {name:20} {kept[board][name]}", flush=True)
    KEPT.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
