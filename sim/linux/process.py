# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that is asked something, says something and ends, as `subprocess.Popen` shows it.

process = Process(clock, lambda: (0, "done\\n") if clock.now_us >= due_us else None)
process.poll()                  # None while it runs; virtual time goes on without it
process.communicate()           # virtual time goes on until it has ended
"""

import os
import select
import subprocess
from collections.abc import Callable

from sim.device.clock import Clock

End = tuple[int, str]  # its exit code, and what it has said


class Process:
    """`ending()` says how it has ended, None while it goes on; who knows when that may change has set an alarm."""

    def __init__(self, clock: Clock, ending: Callable[[], End | None]) -> None:
        self.returncode: int | None = None
        self._clock, self._ending, self._said = clock, ending, ""

    def poll(self) -> int | None:
        if self.returncode is None and (end := self._ending()) is not None:
            self.returncode, self._said = end
        return self.returncode

    def communicate(self) -> tuple[bytes, None]:
        while self.poll() is None:
            self._clock.advance_to(self._clock.next_alarm_us())
        return self._said.encode(), None


def typed(stdin: int) -> str:
    """All that it finds on its standard input: a pipe whose other end is closed already, or nothing."""
    if stdin == subprocess.DEVNULL:
        return ""
    poll = select.poll()
    poll.register(stdin)
    if not any(events & select.POLLHUP for _, events in poll.poll(0)):
        raise NotImplementedError("a program that somebody types at while it runs")
    with open(os.dup(stdin), "rb") as pipe:
        return pipe.read().decode()
