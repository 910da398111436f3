# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Other people's programs, run as they come: esptool (GPL, so never imported) and mpremote.

output = run("esptool", "--port", port, "flash-id", watch=print)
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from host_tools.flashing.chips import FlashError

_TOLD_LINES = 4  # of its output, when it fails


class ProgramError(FlashError):
    """A program gave up; the hint is what it said last."""


def run(name: str, *words: str, watch: Callable[[str], None] = lambda line: None) -> str:
    """All it printed. `watch` is told each line as it comes. Raises ProgramError."""
    lines: list[str] = []
    with _start(name, words) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                lines.append(line.rstrip())
                watch(lines[-1])
        except BaseException:  # we were interrupted, and perhaps only we: nobody is to keep the port
            process.terminate()
            raise
    if process.returncode:
        said = [line for line in lines if line.strip()]
        raise ProgramError(f"{name} {' '.join(words[-2:])} failed", "\n  ".join(said[-_TOLD_LINES:]))
    return "\n".join(lines)


def _start(name: str, words: tuple[str, ...]) -> "subprocess.Popen[str]":
    beside = Path(sys.executable).with_name(name)
    command = [str(beside) if beside.exists() else name, *words]
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", bufsize=1
        )
    except OSError as error:
        raise ProgramError(f"{name} cannot be started: {error.strerror}", "`make setup` installs it") from error
