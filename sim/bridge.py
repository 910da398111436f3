# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A pseudo-terminal on which the simulated board looks like a board on a USB serial port.

    bridge = Bridge(boot)          # boot(cause, raw_repl, control_fd) -> the interpreter's command line
    print(bridge.path)             # attach any terminal program, or mpremote
    bridge.run()

The unix MicroPython is not a board in four ways, and the bridge makes up for each: its lines end differently
(serial_line.py); it exits on Ctrl-D where a board resets; a reset is the end of its process; and Ctrl-C must become
a signal while user code may be interrupted, but stay a byte while the firmware or the prompt reads it.
There are two lines, both without any processing: the port for whoever attaches, a pseudo-terminal if nothing else was
asked for, and the inner one for the interpreter.
"""

import contextlib
import json
import selectors
import termios
import tty
from collections.abc import Iterator
from typing import Any

from host_tools.errors import DaylogError
from sim.interpreter import Boot, Interpreter, read
from sim.outlet import Outlet
from sim.ports import Port, PtyPort
from sim.serial_line import SerialLine

CTRL_A, CTRL_C, LEAVE_KEY = b"\x01", b"\x03", b"\x1d"
SOFT_REBOOT = b"MPY: soft reboot\r\n"
SLEEPS = b"\r\nThe board sleeps. Any key is its reset button.\r\n"
_RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
_FRIENDLY_PROMPT = b"information.\r\n>>> "
_BANNER = b"MicroPython "
NO_WORLD = 70  # exit code of sim/device/boot.py
_LOOK_AGAIN_S = 0.01  # while somebody has yet to read what waits for him


class BootError(DaylogError):
    """There is no board to talk to."""


class Bridge:
    """`local` is the pair of descriptors of the terminal of the person who started us, if there is one."""

    def __init__(self, boot: Boot, local: tuple[int, int] | None = None, port: Port | None = None) -> None:
        self._boot = boot
        self._local = local
        self._port = port or PtyPort()
        self.path = self._port.path
        self._outlets: list[Port | Outlet] = [self._port]
        if local:
            self._outlets.append(Outlet(local[1]))
        self._selector = selectors.DefaultSelector()
        self._board: Interpreter | None = None
        self._line = SerialLine()
        self._tail = b""  # the last the interpreter wrote, to know which prompt it shows
        self._raw_repl = False
        self._hidden: bytes | None = None  # the friendly prompt on the way back to the raw one
        self._leaving = False

    # --- life ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until the person leaves; nothing is left behind."""
        self._port.listen(self._selector, self._from_host)
        if self._local:
            self._selector.register(self._local[0], selectors.EVENT_READ, self._from_person)
        try:
            with _raw_terminal(self._local):
                self._start("power_on")
                while not self._leaving:
                    self._serve_once()
        finally:
            self._stop()
            self._close()

    def leave(self) -> None:
        self._leaving = True

    def _serve_once(self) -> None:
        outlets = [*self._outlets, self._board.stdin] if self._board else self._outlets
        for key, _ in self._selector.select(_LOOK_AGAIN_S if any(o.waiting for o in outlets) else self._idle_s()):
            key.data()
        for outlet in outlets:
            outlet.push()

    def _idle_s(self) -> float | None:
        """How long nothing may happen before somebody has to look."""
        return None

    def _start(self, cause: str, raw_repl: bool = False) -> None:
        board = self._board = Interpreter(self._boot, cause, raw_repl)
        self._line = SerialLine()
        self._tail = b""
        self._raw_repl = raw_repl
        self._hidden = b"" if raw_repl else None
        self._selector.register(board.terminal, selectors.EVENT_READ, lambda: self._from_device(board))
        self._selector.register(board.control, selectors.EVENT_READ, lambda: self._from_control(board))

    def _stop(self) -> None:
        if self._board:
            self._selector.unregister(self._board.terminal)
            self._selector.unregister(self._board.control)
            self._board.kill()
            self._board = None

    def _close(self) -> None:
        self._port.close()
        self._selector.close()

    # --- bytes from the interpreter ---------------------------------------------------------------------------

    # An interpreter that exits closes both at once: what the first event has ended, the second must not take for its successor.

    def _from_device(self, board: Interpreter) -> None:
        if board is not self._board:
            return
        data = read(board.terminal)
        if data == b"":
            return self._soft_reset()
        self._heard(data or b"")

    def _heard(self, data: bytes) -> None:
        self._tail = (self._tail + data)[-1024:]
        if self._hidden is not None:
            return self._hide(data)
        raw, friendly = self._tail.rfind(_RAW_PROMPT), self._tail.rfind(_FRIENDLY_PROMPT)
        if raw != friendly:
            self._raw_repl = raw > friendly
        self._show(self._line.from_device(data))

    def _hide(self, data: bytes) -> None:
        """After a soft reset in the raw prompt a board is in it again; the unix port has to be sent there."""
        self._hidden = (self._hidden or b"") + data
        if self._hidden.endswith(b">>> "):
            printed, _, _ = self._hidden.rpartition(_BANNER)
            self._hidden = None
            self._show(self._line.from_device(printed))
            self._to_device(CTRL_A)

    def _show(self, data: bytes) -> None:
        for outlet in self._outlets:
            outlet.put(data)

    # --- bytes from outside -----------------------------------------------------------------------------------

    def _from_person(self) -> None:
        assert self._local
        data = read(self._local[0])
        if data is not None:
            keys, leave, _ = data.partition(LEAVE_KEY)
            self._from_host(keys)
            self._leaving = bool(leave) or not data

    def _from_host(self, data: bytes) -> None:
        if data and self._board is None:
            return self._start("deep_sleep")
        self._line.from_host(data)
        if not self._catches_interrupt():
            return self._to_device(data)  # in one piece, as it came: the firmware looks at what came together
        while data:
            text, interrupt, data = data.partition(CTRL_C)
            self._to_device(text)
            if interrupt:
                self._interrupt()

    def _to_device(self, data: bytes) -> None:
        if self._board and data:
            self._board.stdin.put(data)

    def _interrupt(self) -> None:
        if self._board and self._catches_interrupt():
            self._board.interrupt()
        else:
            self._to_device(CTRL_C)

    def _catches_interrupt(self) -> bool:
        return self._board is not None and self._board.catches_interrupt()

    # --- resets -----------------------------------------------------------------------------------------------

    def _soft_reset(self) -> None:
        """The interpreter has exited: Ctrl-D at a prompt, or sys.exit."""
        if self._board and self._board.exit_code() == NO_WORLD:
            raise BootError("the simulated board could not be built", self._tail.decode(errors="replace").strip())
        self._stop()
        self._show(SOFT_REBOOT)
        self._start("soft", self._raw_repl)

    def _from_control(self, board: Interpreter) -> None:
        """One line of JSON says how the board ended; the interpreter stands still by then. None: it has exited."""
        if board is not self._board:
            return
        line = read(board.control)
        self._heard(read(board.terminal) or b"")
        if not line:
            return self._soft_reset()
        self._stop()
        ended: dict[str, Any] = json.loads(line)
        if ended["end"] == "deep_sleep":
            return self._show(SLEEPS)
        cause = _CAUSES.get(ended["end"], "unknown")
        self._show(b"\r\nrst: %s\r\n" % cause.encode())
        self._start(cause)


_CAUSES = {"reset": "hard", "soft_reset": "soft", "watchdog": "watchdog", "cut": "power_on"}


@contextlib.contextmanager
def _raw_terminal(local: tuple[int, int] | None) -> Iterator[None]:
    """Every key goes to the board meanwhile; the terminal is given back as it was."""
    if not local:
        yield
        return
    before = termios.tcgetattr(local[0])
    try:
        tty.setraw(local[0])
        yield
    finally:
        termios.tcsetattr(local[0], termios.TCSADRAIN, before)
