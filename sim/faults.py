# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad cards, and bad days of a computer, by name: what `daylog sim run --fault` takes, and what the simulated card is told.

    parse("stall=5@10")          # the first write after 10 s takes 5 s longer
    parse("gone@10-15")          # pulled out at 10 s, in again at 15 s
    parse("write-error#100-102") # of each boot, the 100th to the 102nd write
    parse("fat@20")              # its first FAT is garbage at the first boot after 20 s
    parse("screen:noise@5-7")    # of a computer's stream beside the camera

Faults of the card itself are played by sim/device/card_faults.py; those of what is on it are made in its image
between two boots, by sim/card_damage.py; those of a computer by sim/linux/.
"""

import re
from pathlib import Path
from typing import Any

from host_tools.errors import UsageError
from sim import card_damage
from sim.linux.faults import KINDS as OF_COMPUTERS
from sim.linux.faults import OF_STREAMS

Fault = dict[str, Any]

SECTOR = 512
SECOND_CARD = "card2.img"
# kind: (what it is, what its value is, the value if none is given)
KINDS: dict[str, tuple[str, str, float]] = {
    "write-error": ("answers a write with an error", "", 0),
    "write-protected": ("answers every write with an error", "", 0),
    "read-error": ("answers a read with an error", "", 0),
    "lie": ("reports success and keeps nothing", "", 0),
    "stall": ("one write takes longer", "seconds", 5),
    "hang": ("one write never ends", "", 0),
    "flip": ("one bit of what is read is wrong", "in every so many-th read", 1),
    "gone": ("pulled out, and in again", "", 0),
    "swap": (f"pulled out, and another card ({SECOND_CARD}) put in", "", 0),
    "wrap": ("counterfeit: it has less than it says", "MiB it has", 64),
    "full": ("full of other files", "MB left", 20),
    "boot-sector": ("its boot sector is garbage", "", 0),
    "fat": ("its first FAT is garbage", "", 0),
    "no-fs": ("no file system, and no trace of one", "", 0),
    "names": ("garbage names in its directories", "", 0),
}
WHEN = """
[STREAM:]KIND[=VALUE][@FROM[-TO]][#FIRST[-LAST]]: of the stream beside a computer's camera that is named; between two virtual seconds,
or for the so many-th write or read of a boot; always if neither is given. stall and hang strike once; full, boot-sector, fat, no-fs
and names at the first boot after FROM."""
_SPEC = re.compile(
    r"((?P<stream>[a-z][a-z0-9_]*):)?(?P<kind>[a-z-]+?)(=(?P<value>-?[0-9.]+))?(@(?P<since>[0-9.]+)(-(?P<until>[0-9.]+))?)?(#(?P<first>\d+)(-(?P<last>\d+))?)?"
)


def parse(text: str) -> Fault:
    """[STREAM:]KIND[=VALUE][@FROM[-TO]][#FIRST[-LAST]]. Raises UsageError."""
    found, kinds = _SPEC.fullmatch(text), {**KINDS, **OF_COMPUTERS}
    if not found or found["kind"] not in kinds:
        raise UsageError(
            f"--fault {text} is no fault", f"write KIND[=VALUE][@FROM_S[-TO_S]][#FIRST[-LAST]] with one of: {', '.join(kinds)}"
        )
    fault: Fault = {"kind": found["kind"], "value": float(found["value"] or kinds[found["kind"]][2])}
    if found["since"] or found["kind"] in OF_COMPUTERS:
        fault["from_us"] = _us(found["since"] or "0")
    if found["stream"]:
        fault["stream"] = found["stream"]
    if found["until"]:
        fault["to_us"] = _us(found["until"])
    if found["first"]:
        fault |= {"first": int(found["first"]), "last": int(found["last"] or found["first"])}
    if fault["kind"] == "swap" and "to_us" not in fault:
        raise UsageError(f"--fault {text} does not say when", "write swap@10-15: out at 10 s, the other one in at 15 s")
    return fault


def _us(seconds: str) -> int:
    return int(float(seconds) * 1_000_000)


def misfits(faults: list[Fault], computer: bool) -> list[str]:
    """Kinds that a computer, or a board, does not know; or a stream beside the camera does not."""
    kinds = OF_COMPUTERS if computer else KINDS
    return [fault["kind"] for fault in faults if fault["kind"] not in kinds or ("stream" in fault and fault["kind"] not in OF_STREAMS)]


def of_the_card(faults: list[Fault]) -> list[Fault]:
    """What the simulated card is told: those that are not in its image. Sizes become sectors."""
    played = [fault for fault in faults if fault["kind"] not in card_damage.KINDS]
    return [{**fault, "value": int(fault["value"] * (1 << 20)) // SECTOR} if fault["kind"] == "wrap" else fault for fault in played]


def spoil(image: Path, faults: list[Fault], after_us: int, until_us: int) -> None:
    """Make those faults that lie in what is on the card and are due by now."""
    for fault in faults:
        if fault["kind"] in card_damage.KINDS and after_us < fault.get("from_us", 0) <= until_us:
            card_damage.KINDS[fault["kind"]](image, fault["value"])


def has_second_card(faults: list[Fault]) -> bool:
    return any(fault["kind"] == "swap" for fault in faults)
