# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cards that hold thousands of segments: written by the firmware's own modules through a real FatFs, without their footage."""

import subprocess
from pathlib import Path

from sim.image import ROOT
from sim.world import interpreter

# Runs on MicroPython. `image` is mounted; every tenth segment is not stored yet; what a boot does with the card is counted.
FILL = """
import os, sys, vfs
sys.path.insert(0, {root!r})
from firmware import journal as j
from firmware.segments import SegmentStore

class Image:
    def __init__(self, path):
        self.file, self.reads = open(path, "r+b"), 0
        self.sectors = self.file.seek(0, 2) // 512
    def readblocks(self, sector, buffer):
        self.reads += 1
        self.file.seek(sector * 512)
        self.file.readinto(buffer)
    def writeblocks(self, sector, buffer):
        self.file.seek(sector * 512)
        self.file.write(buffer)
    def ioctl(self, operation, _argument):
        return {{4: self.sectors, 5: 512}}.get(operation, 0)

def record(kind, payload=b"", sha256=b""):
    global number, journal
    if number % j.GENERATION_RECORDS == 0:
        if journal is not None:
            journal.close()
        journal = open("/sd/daylog/journal/%06d.jnl" % (number // j.GENERATION_RECORDS), "wb")
    journal.write(j.Entry(kind, boot, segment, 7 * len(sha256), 1, 1000, 0, sha256, payload).encode())
    number += 1

def loaded():
    store = SegmentStore("/sd")
    store.load()
    return store

image = Image({image!r})
vfs.mount(vfs.VfsFat(image), "/sd")
store = SegmentStore("/sd")
number, journal, parts = 0, None, bytes(48)
for i in range({segments}):
    boot, segment = 1 + i // {per_boot}, 1 + i % {per_boot}
    if segment == 1 or segment % 64 == 0:
        store.files.make_folders(boot, segment)
    with open(store.path(boot, segment), "wb") as file:
        file.write(bytes(7 * 32))
    record(j.OPEN)
    record(j.CLOSED, parts, parts[:32])
    if i % 10:
        record(j.UPLOADING, b"1 ")
        record(j.STORED, b"etag")
journal.close()
store.close()
{then}
vfs.umount("/sd")
image.file.close()
"""
INDEXED = "loaded().close()"


def fill(image: Path, segments: int, per_boot: int = 100, then: str = INDEXED) -> str:
    """Put segments on a freshly formatted card; returns what `then`, a few lines of MicroPython, has printed."""
    code = FILL.format(root=str(ROOT), image=str(image), segments=segments, per_boot=per_boot, then=then)
    done = subprocess.run([interpreter(), "-X", "heapsize=64M", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
