# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Settings of one recorder: defaults, validation, atomic save.

    settings = Settings.load("/settings.json")
    settings.commit_interval_ms      # 2000
    settings.set("profile", "vga10")
    settings.save()

A value that cannot be right is replaced by its default and named in `rejected`: a recorder
with a bad settings file records.
"""

import json
import os

from firmware import durable
from firmware.files import exists

NEW = ".new"
DEVICE_CHARACTERS = 16
NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
MIN_PART_BYTES = 5242880  # S3 refuses smaller ones, but for an object's last
_SCALE, _SWITCH = (-2, 2), (0, 1)
KNOBS = {"brightness": _SCALE, "contrast": _SCALE, "exposure": _SCALE, "saturation": _SCALE, "flip_x": _SWITCH, "flip_y": _SWITCH}
SECRETS = ("key", "secret_key")  # of a network and of the store
STORE_KEYS = ("endpoint", "region", "bucket", "prefix", "access_key", "secret_key")


def _text(value):
    return isinstance(value, str)


def _name(value):
    """What fits a chunk's identity and an object's key as it is."""
    return _text(value) and len(value) <= DEVICE_CHARACTERS and all(c in NAME_CHARACTERS for c in value)


def _flag(value):
    return value is True or value is False


def _between(low, high):
    return lambda value: isinstance(value, int) and not _flag(value) and low <= value <= high


def _time_of_day(value):
    if not _text(value) or not value:
        return value == ""
    hours, _, minutes = value.partition(":")
    return len(hours) == len(minutes) == 2 and (hours + minutes).isdigit() and int(hours) < 24 and int(minutes) < 60


def _networks(value):
    return isinstance(value, list) and all(isinstance(network, dict) and _network(network) for network in value)


def _network(value):
    named = _text(value.get("ssid")) and _text(value.get("key", "")) and _between(-99, 99)(value.get("priority", 0))
    return named and all(_flag(value.get(name, False)) for name in ("hidden", "metered"))


def _camera(value):
    return isinstance(value, dict) and all(name in KNOBS and _between(*KNOBS[name])(value[name]) for name in value)


def _store(value):
    return value is None or (isinstance(value, dict) and all(_text(value.get(key)) for key in STORE_KEYS))


# name: (default, check, what it is)
TABLE = {
    "device_id": ("", _name, "name of this recorder, at most 16 of A-Z a-z 0-9 - _; empty: made from the chip's id"),
    "profile": ("", _text, "capture profile; empty: the board's default"),
    "camera": ({}, _camera, "what the sensor is told: {brightness, contrast, exposure, saturation: -2 to 2, flip_x, flip_y: 0 or 1}"),
    "commit_interval_ms": (2000, _between(200, 60000), "the most footage one fault may cost"),
    "segment_ms": (60000, _between(1000, 3600000), "greatest length of a segment; one of some 240 chunks ends before"),
    "part_bytes": (8388608, _between(MIN_PART_BYTES, 67108864), "size of an upload part"),
    "microphone": (False, _flag, "record sound as well; where others speak, the law may want their consent"),
    "governor": (True, _flag, "let battery and heat choose the profile and the hours of the radio"),
    "target_hours": (0, _between(0, 240), "how long it should record after it is switched on; 0: as long as it lasts"),
    "record_until": ("", _time_of_day, "until when (UTC) it should record, as 22:00; empty: as target_hours says"),
    "adaptive": (False, _flag, "of a scene that stands still, keep one frame a second"),
    "overwrite_unsent": (False, _flag, "on a full card, reclaim footage that is not stored yet"),
    "wifi": ([], _networks, "known networks, best first: [{ssid, key, priority, hidden, metered}]"),
    "ntp_host": ("pool.ntp.org", _text, "time server"),
    "store": (None, _store, "S3 store: {endpoint, region, bucket, prefix, access_key, secret_key, ca_pem}"),
    "paused": (False, _flag, "the wearer's pause; survives a reboot"),
}


def without_secrets(value):
    """The same, with None in the place of each secret that there is."""
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {name: None if name in SECRETS and value[name] else without_secrets(value[name]) for name in value}
    return value


def _read(path):
    """The values in a file, or None: it is not there, or holds no settings."""
    try:
        with open(path) as file:
            values = json.load(file)
    except (OSError, ValueError, RuntimeError):  # RuntimeError: nested too deep
        return None
    return values if isinstance(values, dict) else None


class Settings:
    """Attributes are the names of TABLE; keys of a newer version are kept as they are."""

    def __init__(self, path, values):
        self.path = path
        self.rejected = []
        self._values = values
        for name in TABLE:
            self._adopt(name)

    @classmethod
    def load(cls, path):
        """Without a file everything has its default, and also if it holds no settings, which is told in `rejected`."""
        values = _read(path)
        if values is None:
            values = _read(path + NEW)  # a cut came in the middle of a save that could not replace the file in one go
        settings = cls(path, values or {})
        if values is None and exists(path):
            settings.rejected.append(path)
        return settings

    def _adopt(self, name):
        default, check, _ = TABLE[name]
        value = self._values.get(name, default)
        if not check(value):
            self.rejected.append(name)
            value = default
        setattr(self, name, value)

    def is_right(self, name, value):
        """Whether it can be the value of a setting."""
        return TABLE[name][1](value)

    def set(self, name, value):
        """Change one setting in memory. Raises KeyError for no such name, ValueError for a bad value."""
        if name not in TABLE:
            raise KeyError(name)
        if not TABLE[name][1](value):
            raise ValueError("%s: %s" % (name, TABLE[name][2]))
        self._values[name] = value
        setattr(self, name, value)

    def forget(self):
        """Make this the file of a recorder that was told nothing. What is in use stays until the next boot."""
        self._values = {}
        self.save()

    def save(self):
        """Write new, rename: a cut leaves the old file or the new one, never half of one."""
        fresh = self.path + NEW
        with durable.open(fresh, "wb") as file:
            file.write(json.dumps(self._values).encode())
        try:
            os.rename(fresh, self.path)
        except OSError:  # FAT does not replace a file
            os.remove(self.path)
            os.rename(fresh, self.path)
        durable.settle(self.path.rpartition("/")[0] or ".")
