# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board in real time, on a pseudo-terminal that any terminal program and mpremote can open.

    serve(options, announce=lambda path: print("attach to", path))

Ends when the person at the keyboard presses Ctrl-], or on a signal; either is the power cut of this world.
"""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from sim import card_image, runner
from sim.bridge import Bridge
from sim.image import ROOT
from sim.options import Options
from sim.world import World, heap_size, interpreter, without_workings


def serve(options: Options, announce: Callable[[str], None]) -> None:
    """Run the board until the person leaves. `announce` is told the terminal's path before the first boot.

    Raises DaylogError if the board cannot be prepared.
    """
    with without_workings(options.out):
        with signals_end_it():
            bridge = Bridge(Boots(options, runner.prepare(options, realtime=True)), keyboard())
            announce(bridge.path)
            bridge.run()
        card_image.undo(options.out / "card.img", options.out / "undo.log")


class Boots:
    """The command line of each boot; time goes on from one to the next."""

    def __init__(self, options: Options, world: World) -> None:
        self._options, self._world = options, world
        self._zero_s = time.monotonic()
        self._index = 0

    def __call__(self, cause: str, raw_repl: bool, control: int) -> list[str]:
        self._index += 1
        now_us = int((time.monotonic() - self._zero_s) * 1e6)
        produced = now_us * self._options.board["profiles"][self._options.profile]["fps"] // 1_000_000  # at least as many as there were
        path = self._world.boot_file(self._index, now_us, cause, produced, control, raw_repl)
        heap = f"heapsize={heap_size(self._options.board)}"
        return [interpreter(), "-i", "-X", heap, str(ROOT / "sim/device/boot.py"), str(path)]


def keyboard() -> tuple[int, int] | None:
    """The terminal of the person who started us, if it is one."""
    return (sys.stdin.fileno(), sys.stdout.fileno()) if sys.stdin.isatty() else None


@contextlib.contextmanager
def signals_end_it() -> Iterator[None]:
    """A closed window or a kill end the board as Ctrl-C does, so that they leave no more behind."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
