# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `esp32` module of the simulated board: NVS, partitions, and the IDF's own heap."""

import json
from binascii import hexlify, unhexlify

NVS_BYTES = 4096  # of the file: it is rewritten in place, for MicroPython cannot truncate
NVS_NOT_FOUND = -4354  # ESP_ERR_NVS_NOT_FOUND
_TYPES = {"app": 0, "data": 1}
_SUBTYPES = {"factory": 0x00, "ota_0": 0x10, "ota_1": 0x11, "otadata": 0x00, "phy": 0x01, "nvs": 0x02, "fat": 0x81, "littlefs": 0x83}


class Esp32Module:
    HEAP_DATA, HEAP_EXEC = 4, 1
    WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True

    def __init__(self, nvs_file, partitions, mcu, observer=None, power=None):
        self.NVS = _make_nvs(nvs_file, observer)
        self.Partition = _make_partition(partitions)
        self.wake_pin = None
        self._wakes = mcu["wakes"]
        if mcu["thermometer"]:
            self.mcu_temperature = lambda: power.die_c if power else 48

    def idf_heap_info(self, capabilities):
        return [(300000, 150000, 110000, 100000)]

    def wake_on_ext0(self, pin, level):
        if level != self.WAKEUP_ALL_LOW:
            raise ValueError("a button pulls its pin to ground")
        if not any(first <= pin._number <= last for first, last in self._wakes):
            raise ValueError("invalid pin")  # not one of the RTC's
        self.wake_pin = pin._number


def _make_nvs(file, observer):
    """Non-volatile storage in a JSON file that outlives the boot; a change counts only after commit()."""
    committed = json.loads(file.read() or "{}")

    class NVS:
        def __init__(self, namespace):
            self._prefix = _short(namespace) + "/"
            self._pending = {}

        def _get(self, key):
            name = self._prefix + _short(key)
            value = self._pending.get(name, committed.get(name))
            if value is None:
                raise OSError(NVS_NOT_FOUND)
            return value

        def get_i32(self, key):
            return self._get(key)

        def set_i32(self, key, value):
            if not -(1 << 31) <= value < 1 << 31:
                raise OverflowError("not an i32")
            self._pending[self._prefix + _short(key)] = value

        def get_blob(self, key, buffer):
            data = unhexlify(self._get(key))
            buffer[: len(data)] = data
            return len(data)

        def set_blob(self, key, value):
            self._pending[self._prefix + _short(key)] = hexlify(value).decode()

        def erase_key(self, key):
            self._get(key)
            self._pending.pop(self._prefix + key, None)
            committed.pop(self._prefix + key, None)

        def commit(self):
            committed.update(self._pending)
            self._pending = {}
            text = json.dumps(committed)
            if len(text) > NVS_BYTES:
                raise OSError("ESP_ERR_NVS_NOT_ENOUGH_SPACE")
            text += " " * (NVS_BYTES - len(text))
            if observer is not None:
                observer.write(0, text.encode())
            file.seek(0)
            file.write(text)

    return NVS


def _short(name):
    if len(name) > 15:
        raise ValueError("NVS names have at most 15 characters")
    return name


def _make_partition(partitions):
    class Partition:
        """What the partition table says. The flash itself is under the file system."""

        BOOT, RUNNING, TYPE_APP, TYPE_DATA = 0, 1, 0, 1

        def __init__(self, which, block_size=4096):
            app = which in (Partition.BOOT, Partition.RUNNING)
            found = [p for p in partitions if (p["type"] == "app" if app else p["name"] == which)]
            if not found:
                raise OSError(2)
            self._row = found[0]

        @staticmethod
        def find(type=0, subtype=0xFF, label=None, block_size=4096):
            return [Partition(p["name"]) for p in partitions if _matches(p, type, subtype, label)]

        def info(self):
            row = self._row
            return _TYPES[row["type"]], _SUBTYPES[row["subtype"]], row["offset"], row["size"], row["name"], False

    return Partition


def _matches(row, kind, subtype, label):
    return _TYPES[row["type"]] == kind and subtype in (0xFF, _SUBTYPES[row["subtype"]]) and label in (None, row["name"])
