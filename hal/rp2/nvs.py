# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Small values that outlive power cuts, in a file of the flash's littlefs: the RP2350 has no memory of its own for them.

A line of JSON and its CRC. It is replaced as a whole by a rename, which littlefs does at once or not at all; a file that
is not as it was written counts as none.
"""

import binascii
import json
import os

PATH = "/nvs.json"
EINVAL = 22
TEXT_BYTES = 64
_LEAST, _MOST = -(1 << 31), (1 << 31) - 1


class Nvs:
    def __init__(self, path=PATH):
        self._path = path
        self._values = _read(path)

    def number(self, key):
        value = self._values.get(key, 0)
        return value if isinstance(value, int) else 0

    def text(self, key):
        value = self._values.get(key, "")
        return value if isinstance(value, str) else ""

    def put_number(self, key, value):
        if not _LEAST <= value <= _MOST:
            raise OSError(EINVAL)
        self._put(key, value)

    def put_text(self, key, text):
        while len(text.encode()) > TEXT_BYTES:
            text = text[:-1]
        self._put(key, text)

    def _put(self, key, value):
        if self._values.get(key) == value:  # flash wears
            return
        values = dict(self._values)
        values[key] = value
        _write(self._path, values)
        self._values = values


def _read(path):
    try:
        with open(path) as file:
            text, crc = file.read().split("\n")
        return json.loads(text) if crc == _crc(text) else {}
    except (OSError, ValueError):
        return {}


def _write(path, values):
    text = json.dumps(values)
    with open(path + ".new", "w") as file:
        file.write(text + "\n" + _crc(text))
    os.rename(path + ".new", path)


def _crc(text):
    return "%08x" % (binascii.crc32(text.encode()) & 0xFFFFFFFF)
