# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The settings of a recorder, over its console. What is secret goes in, and never comes out: it has None in its place.

get(console, "store")            # {"endpoint": …, "secret_key": None, …}
put(console, "store", {…})       # takes effect "at once", or with the next boot

The bytes of a setting are not shown while they go in, nor kept by the recorder's history or log.
"""

import binascii
import json
import re
from base64 import b64encode
from typing import Any

from host_tools.console_line import ConsoleLine, Reply

ROW_BYTES = 135  # 180 characters of base64
_QUESTION = re.compile(r"(\d+)/\d+>")


def get(console: ConsoleLine, name: str) -> Any:
    """Raises DaylogError."""
    return console.ask(f"settings get {name}")["settings"][name]


def put(console: ConsoleLine, name: str, value: Any) -> str:
    """Set and save it, whole or not at all; returns when it takes effect. Raises DaylogError."""
    data = json.dumps(value, separators=(",", ":")).encode()
    answer = console.ask(f"settings put {name} {len(data)} {binascii.crc32(data):08x}", reply=_rows(data))
    return answer["takes_effect"]


def _rows(data: bytes) -> Reply:
    """What follows the bytes that have arrived."""

    def reply(question: str) -> str | None:
        asked = _QUESTION.fullmatch(question)
        if asked is None:
            return None
        at = int(asked[1])
        return b64encode(data[at : at + ROW_BYTES]).decode()

    return reply
