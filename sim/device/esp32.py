# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `esp32` module of the simulated board: NVS and the IDF's own heap."""

import json


class Esp32Module:
    HEAP_DATA = 4
    WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True

    def __init__(self, file):
        self.NVS = _nvs(file)

    def idf_heap_info(self, capabilities):
        return [(300000, 150000, 110000, 100000)]

    def mcu_temperature(self):
        return 48

    def raw_temperature(self):
        return 118


def _nvs(file):
    """Non-volatile storage in a JSON file that outlives the boot; a change counts only after commit()."""
    committed = json.loads(file.read() or "{}")

    class NVS:
        def __init__(self, namespace):
            if len(namespace) > 15:
                raise ValueError("NVS namespaces have at most 15 characters")
            self._prefix = namespace + "/"
            self._pending = {}

        def _get(self, key):
            name = self._prefix + key
            if name in self._pending:
                return self._pending[name]
            if name not in committed:
                raise OSError(-4354)  # ESP_ERR_NVS_NOT_FOUND
            return committed[name]

        def get_i32(self, key):
            return self._get(key)

        def set_i32(self, key, value):
            self._pending[self._prefix + key] = int(value)

        def erase_key(self, key):
            self._get(key)
            committed.pop(self._prefix + key, None)

        def commit(self):
            committed.update(self._pending)
            self._pending = {}
            file.seek(0)
            file.write(json.dumps(committed) + " " * 64)
            file.flush()

    return NVS
