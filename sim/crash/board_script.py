# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bring a card into a state that would take a recorder long: the firmware's own modules on MicroPython, on the image.

run_on(card, "mark_stored(unsent=1)")
"""

import subprocess
from pathlib import Path

from host_tools.errors import DaylogError
from sim.image import ROOT
from sim.world import interpreter

_SCRIPT = """
import sys, vfs
sys.path.insert(0, {root!r})
from firmware import journal as j
from firmware.segments import SegmentStore

class Image:
    def __init__(self, path):
        self.file = open(path, "r+b")
        self.sectors = self.file.seek(0, 2) // 512
    def readblocks(self, sector, buffer):
        self.file.seek(sector * 512)
        self.file.readinto(buffer)
    def writeblocks(self, sector, buffer):
        self.file.seek(sector * 512)
        self.file.write(buffer)
    def ioctl(self, operation, _argument):
        return {{4: self.sectors, 5: 512}}.get(operation, 0)

def loaded():
    store = SegmentStore("/sd")
    store.load()
    return store

def mark_stored(unsent):
    store = loaded()
    for _ in range(len(list(store.list("closed"))) - unsent):
        store.mark_stored(store.next_pending(), "etag")
    store.close()

def save_index():
    store = loaded()
    for _ in store.ledger.saving():
        pass
    store.close()

def lengthen_journal(records=0, until=0):
    "Segments that were opened, closed, stored and reclaimed, in boots long ago."
    journal = loaded().ledger.journal
    number, until = journal.end, (until or journal.end + records) // 4 * 4
    kinds = (j.OPEN, j.CLOSED, j.STORED, j.RECLAIMED)
    while number < until:
        generation, count = number // j.GENERATION_RECORDS, number % j.GENERATION_RECORDS
        count = min(until - number, j.GENERATION_RECORDS - count)
        with open("/sd/daylog/journal/%06d.jnl" % generation, "ab") as file:
            for at in range(count):
                file.write(j.Entry(kinds[(number + at) % 4], 1, 1000 + (number + at) // 4, 7, 1, 1000, 0, bytes(32)).encode())
        number += count

image = Image({image!r})
vfs.mount(vfs.VfsFat(image), "/sd")
{calls}
vfs.umount("/sd")
image.file.close()
"""


def run_on(card: Path, *calls: str) -> None:
    """Raises DaylogError."""
    code = _SCRIPT.format(root=str(ROOT), image=str(card), calls="\n".join(calls))
    done = subprocess.run([interpreter(), "-X", "heapsize=64M", "-c", code], capture_output=True, text=True)
    if done.returncode:
        raise DaylogError("the card could not be prepared", done.stdout + done.stderr)
