# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the system knows of the card below a file system: its name, its maker, its age, and how worn it says that it is.

An SD card tells nothing of its wear; eMMC does, in steps of 10 % (JESD84-B51, 7.4.102 and 7.4.103), and so do some USB sticks to tools
that are none of ours. The kernel's documentation of sysfs-bus-mmc names the files.
"""

import os

from hal.linux import system

_FILES = ("vendor", "name", "model", "manfid", "date", "life_time", "pre_eol_info")
_STEPS = 0x0A  # of the life that was reckoned with; one more is beyond it
_RESERVE = {2: "most of its reserve is used", 3: "its reserve is used up: replace it"}


def about(device):
    """In words, of the device with this number, or the one that it is a part of; "" of what is no device."""
    folder = _folder(os.major(device), os.minor(device))
    return _words(folder + "/device/") if folder else ""


def _words(folder):
    what = {name: system.text(folder + name) for name in _FILES}
    name = " ".join((what["vendor"] + " " + (what["name"] or what["model"])).split())
    maker = what["manfid"] and "maker " + what["manfid"]
    made = what["date"] and "made " + what["date"]
    parts = (name, maker, made, _worn(what["life_time"]), _reserve(what["pre_eol_info"]))
    return ", ".join(part for part in parts if part) if name else ""


def _folder(major, minor):
    """Of the whole disk; a partition has none of its own to tell."""
    path = "/sys/dev/block/%d:%d" % (major, minor)
    return "" if not system.exists(path) else path + "/.." if system.exists(path + "/partition") else path


def _worn(text):
    """Two estimates, of which the worse counts; 0: it does not know."""
    steps = max([system.number(word) for word in text.split()], default=0)
    if steps > _STEPS:
        return "worn beyond what it was made for: replace it"
    return "%d to %d %% of its life used" % (10 * steps - 10, 10 * steps) if steps else ""


def _reserve(text):
    return _RESERVE.get(system.number(text), "")
