# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Tells the trace each time that the card is asked to keep what was written, as the simulated card of a board does."""

from sim.device.trace import Trace
from sim.linux.files import Call, Told


class Syncs:
    """`heard(call)` is told of each call that changes the disk, and passes it on to `told`."""

    def __init__(self, trace: Trace, folder: str, told: Told) -> None:
        self._trace, self._folder, self._told = trace, folder + "/", told
        self._bytes = self._writes = 0

    def heard(self, call: Call) -> None:
        self._told(call)
        if not call.path.startswith(self._folder):
            return
        if call.name == "write":
            self._bytes, self._writes = self._bytes + len(call.data), self._writes + 1
        elif call.name == "sync" and self._writes:
            self._trace.numbers("card_sync", "bytes", self._bytes, "writes", self._writes)
            self._bytes = self._writes = 0
