# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Write docs/POWER.md: what each scenario costs with and without the governor, and how long a weak battery lasts.

python tools/power_md.py      # `make power`: about half an hour on two cores
"""

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from host_tools.clips import BOARD
from sim.day import Day, play
from sim.options import find_board
from sim.scenario import load, names

DOC = Path(__file__).resolve().parent.parent / "docs" / "POWER.md"
THIN, SEEDS, WEAK, STILL, LONGEST_HOURS = 10, 20, "weak_battery", "flight", 14.0
HEAD = f"""<!-- SPDX-License-Identifier: MIT -->
# What a day costs

Made by `make power`; not to be edited by hand. **Everything here was simulated**: the real firmware on a real MicroPython, {BOARD},
one frame in {THIN} at a twentieth of its size (currents do not depend on either), energy and bytes told for the full payload.

Modelled: a lithium cell (voltage over charge, load, cold and age), the board's currents by what is switched on, self-heating, the
charger, the radio's transmissions by the time they take. **Never measured on hardware**: every current, the cell's curve, the heat; they
are estimates from public figures that the board's file and `sim/device/battery.py` name. This board's profiles differ little in current
(165 to 190 mA): on it the radio decides more than the profile, and no profile saves as much as a camera that is really off would.
"""


class Task(NamedTuple):
    scenario: str
    governed: bool
    seed: int
    adaptive: bool = False


def main() -> None:
    policies = [Task(name, governed, 1) for name in names() for governed in (True, False)]
    weak = [Task(WEAK, governed, seed) for seed in range(1, SEEDS + 1) for governed in (True, False)]
    asleep = [Task(STILL, True, 1, adaptive) for adaptive in (True, False)]
    tasks = list(dict.fromkeys([*policies, *weak, *asleep]))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        days = {}
        for task, day in zip(tasks, pool.map(_play, tasks), strict=True):
            days[task] = day
            print(f"{len(days)} of {len(tasks)}: {task.scenario}, seed {task.seed}: {day.verdict}", flush=True)
    text = HEAD + _policies([(task, days[task]) for task in policies]) + _weak([(task, days[task]) for task in weak])
    text += _adaptive(*(days[task] for task in asleep))
    DOC.write_text(text)


def _play(task: Task) -> Day:
    with tempfile.TemporaryDirectory() as scratch:
        scenario = load(task.scenario, LONGEST_HOURS)
        settings = {"governor": task.governed, "adaptive": task.adaptive}
        return play(scenario, find_board(BOARD), Path(scratch) / "day", task.seed, settings, thin=_thin(task))


def _thin(task: Task) -> int:
    """A standstill is told by ten frames a second; where it is to be seen they are all there."""
    return 1 if task.scenario == STILL and task.governed else THIN


def _policies(days: Iterable[tuple[Task, Day]]) -> str:
    rows = [
        f"| {task.scenario} | {'on' if task.governed else 'off'} | {day.verdict} | {day.recorded_hours:.1f} "
        f"| {_per_hour(day.energy_mwh, day):.0f} | {_per_hour(day.megabytes, day):.0f} "
        f"| {day.backlog_mb / 1000:.1f} | {day.backlog_hours:.1f} | {day.switches} | {day.hottest_c} |"
        for task, day in days
    ]
    head = (
        "\n## Each scenario, with the governor and without\n\n"
        f"At most {LONGEST_HOURS:g} h of each, seed 1. The backlog is what the store does not have when the day ends.\n\n"
        "| scenario | governor | verdict | hours | mWh an hour | MB an hour | backlog, GB | its age, h | profile changes | hottest, C |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def _weak(days: list[tuple[Task, Day]]) -> str:
    by_seed = {seed: {task.governed: day for task, day in days if task.seed == seed} for seed in range(1, SEEDS + 1)}
    rows = [f"| {seed} | {_outcome(pair[True])} | {_outcome(pair[False])} |" for seed, pair in by_seed.items()]
    on, off = (mean(pair[governed].recorded_hours for pair in by_seed.values()) for governed in (True, False))
    head = (
        f"\n## A weak battery that is to last {load(WEAK).hours:g} h\n\n"
        f"{SEEDS} seeds; on average {on:.2f} h with the governor, {off:.2f} h without. Frames are those of the full rate; the smallest "
        "profile, to which the governor goes, has twice as many a second as the default.\n\n"
        "| seed | governed, h | frames | first end | alone, h | frames | first end |\n|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def _adaptive(on: Day, off: Day) -> str:
    still_h = sum(end - start for start, end in load(STILL).data["still"])
    bytes_and_energy = [
        f"{policy} {_per_hour(day.megabytes, day):.0f} MB and {_per_hour(day.energy_mwh, day):.0f} mWh an hour"
        for policy, day in (("with `adaptive`", on), ("without", off))
    ]
    return (
        "\n## A scene that stands still\n\n"
        f"`{STILL}`, with {still_h:g} h of {on.hours:g} asleep, every frame simulated: {', '.join(bytes_and_energy)}; the camera runs on. "
        f"Left out: {on.frames['dropped'].get('still', 0):,} frames of {on.frames['captured']:,}. The noise of a standstill is modelled.\n"
    )


def _outcome(day: Day) -> str:
    return f"{day.recorded_hours:.2f} | {day.frames['recorded'] * THIN:,} | {day.ends[0].replace('_', ' ')}"


def _per_hour(amount: float, day: Day) -> float:
    return amount / day.recorded_hours if day.recorded_hours else 0.0


if __name__ == "__main__":
    main()
