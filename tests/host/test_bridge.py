# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The pseudo-terminal bridge where only an unlucky moment shows a mistake."""

import os
import threading
import time
from typing import Any

import pytest

from sim.bridge import SOFT_REBOOT, Bridge

STEP_LIMIT_S = 20


@pytest.mark.parametrize("backwards", [False, True])
def test_an_interpreter_that_exits_at_once_is_one_soft_reboot(backwards: bool):
    """Its terminal and its control pipe end in one batch of events; the second must not be read from the next boot's."""
    boots: list[str] = []

    def boot(cause: str, raw_repl: bool, control: int) -> list[str]:
        boots.append(cause)
        return ["true"] if len(boots) == 1 else ["sleep", "60"]

    bridge = Bridge(boot)
    visitor = os.open(bridge.path, os.O_RDWR | os.O_NOCTTY)
    runner = threading.Thread(target=bridge.run, daemon=True)
    report_both_ends_together(bridge, backwards)

    runner.start()
    heard = os.read(visitor, len(SOFT_REBOOT))
    bridge.leave()
    os.write(visitor, b"x")  # wakes it
    runner.join(STEP_LIMIT_S)

    assert [heard, boots, runner.is_alive()] == [SOFT_REBOOT, ["power_on", "soft"], False]
    os.close(visitor)


def report_both_ends_together(bridge: Bridge, backwards: bool) -> None:
    """Let the first look wait until there are two events, and give them in either order."""
    select, looked = bridge._selector.select, threading.Event()

    def late_select(timeout: float | None = None) -> list[Any]:
        events = select(timeout)
        while not looked.is_set() and len(events) < 2:
            time.sleep(0)
            events = select(timeout)
        looked.set()
        return events[::-1] if backwards else events

    bridge._selector.select = late_select  # pyright: ignore[reportAttributeAccessIssue]
