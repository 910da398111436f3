# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program at the console of a recorder: one command in, one answer out, whatever else the recorder says meanwhile.

with ConsoleLine(port) as console:
    console.ask("status")            # its JSON as a dict; raises Refused with the recorder's own words
    console.read("status")           # the same in words

A command is typed, and read back as the recorder echoes it, before Enter makes it one: nothing is done that was garbled on
the way. What somebody has left on the line is removed. Ctrl-C comes late, for a board that starts (opening the port may have reset
it) would take it for the end of its program; and a lone Enter never, for with Ctrl-C it is how mpremote knocks.
"""

import json
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Protocol

import serial

from host_tools.errors import DaylogError
from host_tools.flashing.serial_port import open_line

PROMPT, PYTHON_PROMPT = "daylog> ", ">>>"
CANCEL, ENTER, REDRAW = b"\x03", b"\r", b"\x0c"
CLEAR = b"\x02\x0b\x15"  # Ctrl-B, which also leaves the raw Python prompt of a program that was killed; Ctrl-K; Ctrl-U
LISTEN_S = 0.05
ECHO_S = 1.0  # of no echo: typed again, for the board may have been starting
STARTING_S = 8.0  # a board that has not echoed by then runs a command that somebody has left
PATIENCE_S = 20.0


Reply = Callable[[str], str | None]  # what is asked -> what is typed, which is not shown; None: that is no question


class LineError(DaylogError):
    """Nobody answers at the port, or not as a recorder does."""


class Refused(DaylogError):
    """The recorder said no, in words for people."""


class Line(Protocol):
    """What is needed of a serial port: `read` waits for the first byte, but not for long."""

    @property
    def in_waiting(self) -> int: ...

    def read(self, size: int = 1, /) -> bytes: ...

    def write(self, data: bytes, /) -> int | None: ...

    def close(self) -> None: ...


class ConsoleLine:
    """The console at a port. `patience_s` is how long the recorder may take for anything."""

    def __init__(
        self, port: str, patience_s: float = PATIENCE_S, line: Line | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.port = port
        self._patience_s, self._clock = patience_s, clock
        self._line = line or open_line(port, LISTEN_S)
        self._heard = b""  # what is not yet a whole row

    def __enter__(self) -> "ConsoleLine":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.close()

    def ask(
        self, command: str, patience_s: float | None = None, before: Callable[[str], None] | None = None, reply: Reply | None = None
    ) -> dict[str, Any]:
        """The answer for programs. `before` is told each row that comes before it, `reply` what is asked. Raises Refused, LineError."""
        for row in self._answer(f"{command} --json", patience_s, reply):
            if row.startswith("{"):
                return self._parsed(row)
            if before and not row.startswith("["):
                before(row)
        raise LineError(f"the recorder at {self.port} gave no answer to {command}", "is its firmware older than this program?")

    def read(self, command: str, patience_s: float | None = None) -> str:
        """The answer for people, without what was logged meanwhile. Raises LineError."""
        return "\n".join(row for row in self._answer(command, patience_s) if not row.startswith("["))

    def rest(self, seconds: float) -> None:
        """Let time pass, with an ear on what is said."""
        until = self._clock() + seconds
        while self._clock() < until:
            self._listen()
            self._whole_rows()

    def _enter(self, command: str) -> None:
        """Type the command, see that it stands there, and press Enter. Raises LineError."""
        began = self._clock()
        while not self._typed(command):
            self._check_is_recorder(began)
        self._write(ENTER)

    def _typed(self, command: str) -> bool:
        """Whether it stands behind the prompt as it was typed."""
        self._heard = b""
        self._write(CLEAR + command.encode() + REDRAW)
        again_at = self._clock() + ECHO_S
        while self._clock() < again_at:
            self._listen()
            self._whole_rows()
            if self._row() == PROMPT + command:
                return True
        return False

    def _check_is_recorder(self, began: float) -> None:
        if self._row().startswith(PYTHON_PROMPT):
            self._write(CANCEL)
            hint = "Ctrl-D there starts the recorder: daylog console"
            raise LineError(f"the board at {self.port} is at the Python prompt, and records nothing", hint)
        if self._clock() > began + self._patience_s:
            hint = "press its button RESET and look: daylog console; a bare board is flashed first"
            raise LineError(f"no recorder answers at {self.port}", hint)
        if self._clock() > began + STARTING_S:
            self._write(CANCEL)

    def _parsed(self, row: str) -> dict[str, Any]:
        try:
            answer = json.loads(row)
        except ValueError as error:
            raise LineError(f"the answer of the recorder at {self.port} was garbled on the way", "try again; another cable?") from error
        if not answer.pop("ok"):
            raise Refused(answer["error"], answer["hint"])
        return answer

    def _answer(self, command: str, patience_s: float | None, reply: Reply | None = None) -> Iterator[str]:
        """Row by row, up to the next prompt. Raises LineError.

        It begins behind the row that was entered: what was typed again has cancelled others, which were shown too.
        """
        self._enter(command)
        deadline, begun, asked = self._clock() + (patience_s or self._patience_s), False, ""
        while not begun or self._row() != PROMPT.rstrip():
            self._listen()
            for row in self._whole_rows():
                if asked and row == asked:  # until then it may be shown again, below something that was logged
                    asked = ""
                elif begun:
                    yield row
                begun = begun or row == PROMPT + command
            if begun and reply and not asked:
                asked = self._reply(reply)
            if self._clock() > deadline:
                raise LineError(f"the recorder at {self.port} began to answer and did not end", "daylog console shows what it does")

    def _reply(self, reply: Reply) -> str:
        """Type what is to be said to the row that stands there; returns the question, "" if it is none."""
        question = self._row()
        words = reply(question)
        if words is None:
            return ""
        self._write(words.encode() + ENTER)
        return question

    # --- bytes ------------------------------------------------------------------------------------------------

    def _whole_rows(self) -> list[str]:
        """Those that were heard, once."""
        *whole, self._heard = self._heard.split(b"\n")
        return [_shown(row) for row in whole]

    def _row(self) -> str:
        """What stands in the last row of the screen."""
        return _shown(self._heard)

    def _listen(self) -> None:
        try:
            self._heard += self._line.read(max(1, self._line.in_waiting))
        except (serial.SerialException, OSError) as error:
            raise self._gone() from error

    def _write(self, data: bytes) -> None:
        try:
            self._line.write(data)
        except (serial.SerialException, OSError) as error:
            raise self._gone() from error

    def _gone(self) -> LineError:
        return LineError(f"the board at {self.port} has gone", "was it unplugged, or has it started again?")


def _shown(row: bytes) -> str:
    """A row as it stands on the screen, without the blanks at its end."""
    cells, at = [], 0
    for character in row.decode(errors="replace"):
        if character in "\r\b":
            at = max(0, at - 1) if character == "\b" else 0
        else:
            cells[at : at + 1] = character
            at += 1
    return "".join(cells).rstrip()
