# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that is asked something, says something and ends, as `subprocess.Popen` shows it.

process = Process(clock, lambda: (0, "done\\n") if clock.now_us >= due_us else None)
process.poll()                  # None while it runs; virtual time goes on without it
process.communicate()           # virtual time goes on until it has ended
"""

import io
from collections.abc import Callable

from sim.device.clock import Clock

End = tuple[int, str]  # its exit code, and what it has said


class Typed(io.BytesIO):
    """Its standard input; `told` hears of each line, without its end. A pipe that ends in mid-line gives that as its last."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self._told, self._line = told, b""

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        *lines, self._line = (self._line + bytes(data)).split(b"\n")
        for line in lines:
            self._told(line.decode())
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._told(self._line.decode())


class Process:
    """`ending()` says how it has ended, None while it goes on; who knows when that may change has set an alarm. `stdin`: None where
    nobody can type."""

    def __init__(self, clock: Clock, ending: Callable[[], End | None], stdin: Typed | None = None) -> None:
        self.stdin, self.returncode = stdin, None
        self._clock, self._ending, self._said = clock, ending, ""

    def poll(self) -> int | None:
        if self.returncode is None and (end := self._ending()) is not None:
            self.returncode, self._said = end
        return self.returncode

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, None]:
        assert timeout is None, "nobody has needed that yet"
        if self.stdin is not None and not self.stdin.closed:
            self.stdin.write(input or b"")
            self.stdin.close()
        while self.poll() is None:
            self._clock.advance_to(self._clock.next_alarm_us())
        return self._said.encode(), None
