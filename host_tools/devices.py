# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is plugged in: the USB serial ports, the boards that may be there, and the recorder that answers."""

from dataclasses import dataclass

from host_tools import ports
from host_tools.console_line import ConsoleLine
from host_tools.errors import DaylogError

PATIENCE_S = 3.0


@dataclass(frozen=True)
class Device:
    """`recorder`: its name, "" if none answers; then `problem` says why. Ports where no known board may be are not asked."""

    port: str
    usb_id: str
    product: str
    boards: list[str]
    recorder: str = ""
    board: str = ""
    firmware: str = ""
    state: str = ""
    problem: str = ""


def devices() -> list[Device]:
    """All of them, one after the other asked who they are."""
    return [Device(one.port, one.usb_id, one.product, one.boards, **(_ask(one.port) if one.boards else {})) for one in ports.attached()]


def _ask(port: str) -> dict[str, str]:
    try:
        with ConsoleLine(port, PATIENCE_S) as console:
            status = console.ask("status")
    except DaylogError as error:
        return {"problem": error.message}
    return {"recorder": status["device"], "board": status["board"], "firmware": status["firmware"], "state": status["state"]}
