# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Output to somebody who may not be there: keeps the order, never blocks, and forgets what nobody reads."""

import os
import select
import time
from collections.abc import Callable

PATIENCE_S = 1.0
FULL_BYTES = 1 << 20
_AT_ONCE_BYTES = 1024


class Outlet:
    """A descriptor to write to. `forget` is called when the reader has not read for `patience_s`."""

    def __init__(self, fd: int, forget: Callable[[], None] = lambda: None, patience_s: float = PATIENCE_S) -> None:
        self._fd, self._forget, self._patience_s = fd, forget, patience_s
        self._waiting = bytearray()
        self._moved = time.monotonic()

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def put(self, data: bytes) -> None:
        if not self._waiting:
            self._moved = time.monotonic()
        self._waiting += data
        self.push()

    def push(self) -> None:
        """Write what can be written now; give up on a reader that has not read for too long."""
        while self._waiting and (written := self._write_some()):
            del self._waiting[:written]
            self._moved = time.monotonic()
        if self._waiting and (time.monotonic() - self._moved > self._patience_s or len(self._waiting) > FULL_BYTES):
            self._waiting.clear()
            self._forget()

    def _write_some(self) -> int:
        if not select.select([], [self._fd], [], 0)[1]:
            return 0
        try:
            return os.write(self._fd, self._waiting[:_AT_ONCE_BYTES])
        except BlockingIOError:
            return 0
