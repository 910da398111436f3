# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The calls of one boot in their order, in a file that a kill leaves as it is.

tape = Recording(path)
tape.add(call)             # of Files, as soon as the system has done it
calls = read(path)         # up to where a kill tore it
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.linux.files import Call


class Recording:
    def __init__(self, path: Path, now_us: Callable[[], int] = lambda: 0) -> None:
        self._now_us = now_us
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, call: Call) -> None:
        """In one piece: the head is a line of JSON that says how many bytes follow."""
        head = json.dumps([*call._replace(now_us=self._now_us())[:-1], len(call.data)]).encode() + b"\n"
        os.write(self._fd, head + call.data)


def read(path: Path) -> Iterator[Call]:
    data, at = path.read_bytes(), 0
    while (end := data.find(b"\n", at)) >= 0:
        *head, size = json.loads(data[at:end])
        at = end + 1 + size
        if at <= len(data):
            yield Call._make([*head, data[end + 1 : at]])
