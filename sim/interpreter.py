# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One boot of the simulated board as a process on a pseudo-terminal of its own."""

import errno
import fcntl
import math
import os
import signal
import subprocess
import termios
import tty
from collections.abc import Callable
from pathlib import Path

from sim.outlet import Outlet

Boot = Callable[[str, bool, int], list[str]]

_READ_BYTES = 65536


class Interpreter:
    """One boot of the board: a MicroPython process on a pseudo-terminal of its own."""

    def __init__(self, boot: Boot, cause: str, raw_repl: bool) -> None:
        self.terminal, slave = raw_pty()
        self.control, control = os.pipe()
        self.stdin = Outlet(self.terminal, patience_s=math.inf)
        self._process = subprocess.Popen(
            boot(cause, raw_repl, control),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=(control,),
            start_new_session=True,
            preexec_fn=own_terminal,
        )
        os.close(slave)
        os.close(control)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()
        os.close(self.terminal)
        os.close(self.control)

    def exit_code(self) -> int:
        """Of a process that has let go of its terminal."""
        try:
            return self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return 0

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def catches_interrupt(self) -> bool:
        """Whether a SIGINT now would be a KeyboardInterrupt: MicroPython installs its handler only then.

        Guessing it from the output kills the process in the middle of a mount frame.
        """
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:  # it has just ended, or this host has no /proc
            return False
        caught = int(status.split("SigCgt:")[1].split()[0], 16) if "SigCgt:" in status else 0
        return bool(caught >> (signal.SIGINT - 1) & 1)


def own_terminal() -> None:
    # When the bridge dies, however it dies, the terminal hangs up and the interpreter ends.
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def raw_pty() -> tuple[int, int]:
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


def read(fd: int) -> bytes | None:
    """What is there to read; b"" at the end, None if there is nothing now."""
    try:
        return os.read(fd, _READ_BYTES)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno == errno.EIO:  # the other end of a pseudo-terminal is closed
            return b""
        raise
