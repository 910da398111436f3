# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What can go wrong with a computer that records, by name; see sim/faults.py for how a run is told.

A camera that is gone ends its encoder, and each one that is started meanwhile. Of a stream the first frame is spoilt that comes when the
fault is due, or each until its end.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from sim.device.clock import NEVER_US

Fault = dict[str, Any]

# kind: (what it is, what its value is, the value if none is given)
KINDS: dict[str, tuple[str, str, float]] = {
    "encoder-killed": ("the encoder is killed", "", 0),
    "encoder-hung": ("the encoder writes nothing more, and does not end when it is asked to", "", 0),
    "camera-gone": ("unplugged, and in again: encoders end at once with an error", "", 0),
    "noise": ("the encoder writes random bytes in the place of frames", "", 0),
    "garbage": ("random bytes behind a frame", "how many", 1000),
    "start-codes": ("a frame comes without its start codes", "", 0),
    "truncated": ("a frame comes without its second half", "", 0),
    "parameters": ("from the next keyframe on pictures have half the size, and other parameter sets", "", 0),
    "gone": ("the disk is pulled out, and in again", "", 0),
    "write-protected": ("the disk takes no writes", "", 0),
    "full": ("others fill the disk, and make room again", "MB left", 0),
    "system-protected": ("the system's own disk takes no writes", "", 0),
    "weak-supply": ("the supply is too weak, and its alarm says so", "", 0),
    "clock": ("the system's clock is stepped", "seconds", 86400),
    "no-nmcli": ("NetworkManager's program is not installed", "", 0),
    "no-networkmanager": ("NetworkManager does not run", "", 0),
}

Spoil = Callable[[bytes, Fault, Random], bytes]


def _noise(size: int, chance: Random) -> bytes:
    """Random bytes in which nothing begins."""
    return chance.randbytes(size).replace(b"\0", b"\1")


SPOILS: dict[str, Spoil] = {
    "noise": lambda unit, fault, chance: _noise(len(unit), chance),
    "garbage": lambda unit, fault, chance: unit + _noise(int(fault["value"]), chance),
    "start-codes": lambda unit, fault, chance: unit.replace(b"\0\0\0\1", b"").replace(b"\0\0\1", b""),
    "truncated": lambda unit, fault, chance: unit[: len(unit) // 2],
}


OF_STREAMS = ("encoder-killed", "encoder-hung", "camera-gone", *SPOILS)  # what may befall any of them

# For ever, if nobody says until when; the others strike once.
_LASTING = (
    "camera-gone",
    "noise",
    "parameters",
    "gone",
    "write-protected",
    "full",
    "weak-supply",
    "no-nmcli",
    "no-networkmanager",
)


class Faults:
    """Those of one boot, which begins at `now_us`."""

    def __init__(self, faults: list[Fault], now_us: int, seed: int) -> None:
        lasting = [{"to_us": NEVER_US, **fault} if fault["kind"] in _LASTING else fault for fault in faults]
        self._faults = [fault for fault in lasting if fault.get("to_us", fault["from_us"]) >= now_us]
        self._chance = Random(f"{seed} {now_us}")

    def of(self, *kinds: str) -> list[Fault]:
        return [fault for fault in self._faults if fault["kind"] in kinds]

    def lasts(self, kind: str, now_us: int) -> bool:
        return any(fault["from_us"] <= now_us < fault["to_us"] for fault in self.of(kind))

    def spoilt(self, unit: bytes, now_us: int) -> bytes:
        """A frame as it comes."""
        for fault in [fault for fault in self._faults if fault["kind"] in SPOILS and fault["from_us"] <= now_us]:
            if now_us < fault.get("to_us", NEVER_US):
                unit = SPOILS[fault["kind"]](unit, fault, self._chance)
            if "to_us" not in fault:
                self._faults.remove(fault)
        return unit
