# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The keys of Wi-Fi networks: from a private file, from the environment, or from somebody at the terminal. Never from the command line,
which every user of the computer can read.

keys = WifiKeys(kept("keys.json"), ask)
keys("home")             # asked for once, and only if it is not kept
keys.refused("home")     # asked for again; raises KeyRefused where nobody can be asked
"""

import json
import os
import string
from collections.abc import Callable
from pathlib import Path

from host_tools.errors import DaylogError, UsageError

VARIABLE = "DAYLOG_WIFI_KEYS"
_FORM = '{"ssid": "key"}, "" for an open network'
Ask = Callable[[str], str]


class KeyRefused(DaylogError):
    """The network does not take the key, and there is no other."""


class WifiKeys:
    """`ask`: somebody who is asked for the key of a network; None where there is only what is kept."""

    def __init__(self, kept: dict[str, str], ask: Ask | None = None) -> None:
        self._keys, self._ask = dict(kept), ask

    def __call__(self, ssid: str, /) -> str:
        """Raises UsageError where nobody can be asked."""
        if ssid not in self._keys:
            if self._ask is None:
                raise UsageError(f"there is no key of the network {ssid}", f"give --keys FILE, or ${VARIABLE}: {_FORM}")
            self._keys[ssid] = self._asked(self._ask, ssid)
        return self._keys[ssid]

    def refused(self, ssid: str) -> None:
        """Raises KeyRefused where nobody can be asked for another."""
        if self._ask is None:
            raise KeyRefused(f"the network {ssid} refuses its key", f"correct it in the file of --keys, or in ${VARIABLE}")
        self._keys.pop(ssid, None)

    def _asked(self, ask: Ask, ssid: str) -> str:
        while True:
            key = ask(ssid)
            if can_be_key(key):
                return key


def can_be_key(key: str) -> bool:
    """A passphrase of WPA has 8 to 63 characters, its key 64 hex digits; an open network has none."""
    return not key or 8 <= len(key) <= 63 or (len(key) == 64 and all(c in string.hexdigits for c in key))


def kept(file: Path | None) -> dict[str, str]:
    """What the file says, else the environment, else nothing. Raises UsageError."""
    text = file.read_text() if file else os.environ.get(VARIABLE, "{}")
    where = str(file) if file else f"${VARIABLE}"
    try:
        keys = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{where} is no JSON", f"it has the form {_FORM}") from error  # the text is not shown: it is secret
    if not isinstance(keys, dict) or not all(isinstance(key, str) and can_be_key(key) for key in keys.values()):
        raise UsageError(f"{where} holds what cannot be the key of a network", f"it has the form {_FORM}; a key has 8 to 63 characters")
    return keys
