# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Numbers and short texts that outlive power cuts: one small file, which a cut leaves as it was or as it was to be."""

import json
import os

from firmware.durable import open, settle


class Nvs:
    def __init__(self, folder):
        self._folder, self._path = folder, folder + "/nvs.json"
        self._values = self._read()

    def _read(self):
        try:
            with open(self._path, "rb") as file:
                values = json.loads(file.read())
        except (OSError, ValueError):  # it was never written, or not by us
            return {}
        return values if isinstance(values, dict) else {}

    def get(self, key, default):
        """The value of a key, if it is of the same type as the default."""
        value = self._values.get(key, default)
        return value if type(value) is type(default) else default

    def set(self, key, value):
        """Durable when it returns."""
        values = dict(self._values)
        values[key] = value
        with open(self._path + ".new", "wb") as file:
            file.write(json.dumps(values).encode())
        os.rename(self._path + ".new", self._path)
        settle(self._folder)
        self._values = values
