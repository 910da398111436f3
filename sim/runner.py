# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boots the simulated board as often as the run asks for, and puts together what came of it.

    world = prepare(options)
    history = play(options, world)
    result, report = conclude(options, world, history)  # of sim.result

A boot is one process of a real MicroPython. It tells on a pipe how it ended (a cut, a reset, deep sleep) and is
then killed, whatever it was doing: nothing of the firmware runs after that moment.
"""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

from host_tools.errors import DaylogError
from sim import card_image, faults, image, reel, reels
from sim.computer import ComputerWorld
from sim.options import Options
from sim.world import World, cards, device_settings

SILENCE_S = 120  # real seconds without an end: the board hangs
BOOT_US = 300_000  # from power to boot.py
ASLEEP, BROWNOUT = "deep_sleep", "brownout"
POWER_LOST = ("cut", BROWNOUT)
RESETS = {"reset": "hard", "watchdog": "watchdog", "soft_reset": "soft"}
MOST_BOOTS = 64  # that nobody asked for
BATTERY_BOOT_S = 60  # a weak battery may end a boot as often

Progress = Callable[[float], None]
AnyWorld = World | ComputerWorld


class SimError(DaylogError):
    """The simulation itself failed: the board did not boot, or never came to an end."""


@dataclass(frozen=True)
class End:
    """How a boot ended, and when."""

    reason: str
    now_us: int
    details: dict[str, Any]


@dataclass(frozen=True)
class History:
    """All boots of a run."""

    ends: list[End]
    real_s: float
    utc_at_zero_ms: int

    @property
    def virtual_s(self) -> float:
        return self.ends[-1].now_us / 1e6


def prepare(options: Options, realtime: bool = False, progress: reel.Progress = lambda frames: None) -> World:
    """Everything a boot needs, in the run's folder. Raises DaylogError. `progress` is told how many frames of the video are done."""
    built = image.build(options.board, device_settings(options), options.before_main)
    return World(options, built, surroundings(options, progress), options.out, realtime)


def surroundings(options: Options, progress: reel.Progress = lambda frames: None) -> Path:
    """What is around the board: the cards in the run's folder, and the reel of what its camera sees. Raises DaylogError."""
    folder = options.out
    frames = reels.together(options.video, options.profiles, [percent for _, percent in options.activity], bool(options.still), progress)
    folder.mkdir(parents=True, exist_ok=True)
    for card, _ in cards(options, folder):
        card_image.make(card, options.card_mb)
    faults.spoil(folder / "card.img", options.faults, -1, 0)
    (folder / "console.log").write_bytes(b"")
    return frames


def play(options: Options, world: AnyWorld, progress: Progress = lambda virtual_s: None) -> History:
    """Boot until the board sleeps for good. Raises SimError."""
    started = time.monotonic()
    ends: list[End] = []
    now_us, cause, produced = 0, "power_on", cast(Any, 0)
    most_boots = MOST_BOOTS + len(options.power_cuts) + len(options.wakes) + int(options.seconds / BATTERY_BOOT_S if options.power else 0)
    while len(ends) < most_boots:
        began_us, end = now_us, boot(options, world, len(ends) + 1, now_us, cause, produced, progress)
        ends.append(end)
        produced = end.details.get("produced", produced)
        if world.cell and "power" in end.details:
            world.cell.take(end.details["power"], end.now_us)
        if end.reason in POWER_LOST:
            forget_unsynced(options, len(ends)) if isinstance(world, World) else world.forget_unsynced(len(ends))
        start = _next_start(options, world, end)
        if start is None:
            return History(ends, time.monotonic() - started, world.utc_at_zero_ms)
        now_us, cause = start
        faults.spoil(options.out / "card.img", options.faults, began_us, now_us)
    raise SimError(f"the board reset {most_boots} times", f"read {options.out / 'console.log'}")


def _wakes(options: Options, end: End) -> list[tuple[int, str]]:
    """What can end a deep sleep: a switch, the timer that was set, the button if its pin was told to."""
    found = [(int(wake * 1_000_000), "power_on") for wake in options.wakes]
    if end.details.get("wake_ms"):
        found.append((end.now_us + end.details["wake_ms"] * 1000, ASLEEP))
    if end.details.get("wake_pin") is not None:
        found += [(int(at_s * 1_000_000), ASLEEP) for at_s, _ in options.button]
    return found


def _next_start(options: Options, world: AnyWorld, end: End) -> tuple[int, str] | None:
    """(when, after which reset cause) the board boots again; None: it stays off."""
    if end.reason == "cut":
        return end.now_us + int(options.off_seconds * 1_000_000), "power_on"
    if end.reason in RESETS:
        return end.now_us + BOOT_US, RESETS[end.reason]
    found = _wakes(options, end) if end.reason == ASLEEP else []
    if end.reason == BROWNOUT and world.cell and (back_us := world.cell.comes_back(end.now_us)):
        found.append((back_us, "power_on"))
    until_us = int((options.seconds + options.drain_seconds) * 1_000_000)
    return min((start for start in found if end.now_us < start[0] < until_us), default=None)


def forget_unsynced(options: Options, boot: int) -> None:
    """What the power cut at the end of a boot does to the card."""
    for card, log in cards(options, options.out):
        keep = Random(f"{options.seed} {boot}").randint(0, len(card_image.unsynced(log))) if options.keep_unsynced else 0
        card_image.undo(card, log, keep)


def boot(
    options: Options, world: AnyWorld, index: int, now_us: int, cause: str, produced: Any, progress: Progress = lambda virtual_s: None
) -> End:
    """One boot to its end. Raises SimError."""
    reader, writer = os.pipe()
    path = world.boot_file(index, now_us, cause, produced, writer)
    with (options.out / "console.log").open("ab") as log:
        log.write(f"--- boot {index} at {now_us / 1e6:.3f} s: {cause}\n".encode())
        log.flush()
        child = subprocess.Popen(world.command(path), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, pass_fds=[writer])
    os.close(writer)
    try:
        line = _wait_for_end(reader, child, options.out / "trace.jsonl", progress)
    finally:
        os.close(reader)
        child.send_signal(signal.SIGKILL)
        child.wait()
    if not line:
        tail = (options.out / "console.log").read_text(errors="replace").splitlines()[-8:]
        raise SimError(f"the simulated board stopped without saying why (exit code {child.returncode})", "\n  ".join(tail))
    details = json.loads(line)
    return End(details.pop("end"), details.pop("now_us"), details)


def _wait_for_end(reader: int, child: "subprocess.Popen[bytes]", trace: Path, progress: Progress) -> bytes:
    """The line on the control pipe; empty if the process ended without one."""
    last_size, last_change = -1, time.monotonic()
    while True:
        if select.select([reader], [], [], 0.1)[0]:
            return os.read(reader, 65536)
        size = trace.stat().st_size
        if size != last_size:
            last_size, last_change = size, time.monotonic()
            progress(virtual_s(trace))
        if time.monotonic() - last_change > SILENCE_S:
            raise SimError(f"nothing has happened on the simulated board for {SILENCE_S} s", f"read {trace.with_name('console.log')}")


def virtual_s(trace: Path) -> float:
    """Virtual time of the last whole line of the trace."""
    with trace.open("rb") as file:
        file.seek(max(0, trace.stat().st_size - 2048))
        lines = file.read().split(b"\n")[:-1]
    try:
        return json.loads(lines[-1])["us"] / 1e6 if lines else 0.0
    except ValueError:
        return 0.0
