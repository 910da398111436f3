# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Many boards become recorders, one after the other as they are plugged in. What came of each is kept, so that tomorrow goes on.

batch = Batch(Path("devices.csv"))       # a column `name`; what came of them is in devices-results.csv
work_through(batch, UsbBench(tell), make, tell)
"""

import csv
import io
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from host_tools import ports
from host_tools.console_line import ConsoleLine
from host_tools.errors import DaylogError, UsageError
from host_tools.outputs import finished_or_absent
from host_tools.provision import Outcome, check_name

COLUMNS = ["name", "result", "serial_number", "problem", "utc"]
PASS, FAIL = "PASS", "FAIL"
LOOK_S = 0.5


def utc_now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Batch:
    """The names of a file, and the results beside it, which are written anew after each board."""

    def __init__(self, file: Path, now: Callable[[], str] = utc_now) -> None:
        self.names = _names(file)
        self.results_file = file.with_name(f"{file.stem}-results.csv")
        self.results = {row["name"]: row for row in _rows(self.results_file)} if self.results_file.exists() else {}
        self._now = now

    def passed(self, name: str) -> bool:
        return self.results.get(name, {}).get("result") == PASS

    def waiting(self) -> Iterator[str]:
        """Each name until its recorder has passed."""
        for name in self.names:
            while not self.passed(name):
                yield name

    def note(self, outcome: Outcome, serial_number: str) -> None:
        """Raises OSError."""
        values = (outcome.name, PASS if outcome.passed else FAIL, serial_number, outcome.problem, self._now())
        self.results[outcome.name] = dict(zip(COLUMNS, values))
        with finished_or_absent(self.results_file) as path, path.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(self.results.values())


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text())))


def _names(file: Path) -> list[str]:
    """Raises UsageError."""
    names = [row.get("name") or "" for row in _rows(file)]
    if not names:
        raise UsageError(f"{file} names no recorder", "its first line is: name; each further one is the name of a recorder")
    for name in names:
        check_name(name)
    if len(set(names)) < len(names):
        raise UsageError(f"{file} has a name twice", "each recorder has its own")
    return names


# --- at the bench ---------------------------------------------------------------------------------------------


class Bench(Protocol):
    """Where boards are plugged in."""

    def plugged(self) -> tuple[str, str]:
        """Waits for a board; returns its port, and the serial number of its USB, if it has one."""
        ...

    def unplugged(self, port: str) -> None:
        """Waits until it is gone."""
        ...


class UsbBench:
    """Boards come and go with their ports. `tell` is told when there are too many to choose from."""

    def __init__(self, tell: Callable[[str], None], pause: Callable[[float], None] = time.sleep) -> None:
        self._tell, self._pause = tell, pause

    def plugged(self) -> tuple[str, str]:
        told = False
        while True:
            there = [one for one in ports.attached() if one.boards]
            if len(there) == 1:
                return there[0].port, there[0].serial_number
            if len(there) > 1 and not told:
                self._tell("leave only one board plugged in: there are " + ", ".join(one.port for one in there))
            told = len(there) > 1
            self._pause(LOOK_S)

    def unplugged(self, port: str) -> None:
        while port in [one.port for one in ports.attached()]:
            self._pause(LOOK_S)


class AdapterBench:
    """The adapter stays, and boards come and go behind it: somebody says when. `ready` raises or returns when a board is there."""

    def __init__(self, port: str, ready: Callable[[], None]) -> None:
        self._port, self._ready = port, ready

    def plugged(self) -> tuple[str, str]:
        self._ready()
        return self._port, ""

    def unplugged(self, port: str) -> None: ...


def work_through(batch: Batch, bench: Bench, make: Callable[[str, str], Outcome], tell: Callable[[str], None]) -> None:
    """Until each name has a recorder; `make(port, name)` makes it one. A board that has passed before is sent away."""
    for name in batch.waiting():
        tell(f"{name}: plug in a board")
        port, serial_number = bench.plugged()
        before = _calls_itself(port)
        if before != name and batch.passed(before):
            tell(f"this is {before}, which has passed; unplug it")
        else:
            batch.note(make(port, name), serial_number)
            tell("unplug it")
        bench.unplugged(port)


def _calls_itself(port: str) -> str:
    """ "" where no recorder answers, which is found out anew, and said, when it is to be told its name."""
    try:
        with ConsoleLine(port) as console:
            return console.ask("status")["device"]
    except DaylogError:
        return ""
