# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""FAT32 on a card as the factory leaves it: a partition table, two FATs, the data where the card likes writes to begin.

    for done, total in format_card(device, sectors, serial): ...   # a slice of the card's time each

MicroPython's own mkfs makes one FAT only, of which there is no second copy to repair it from, and keeps the interpreter for
as long as the watchdog waits. A format that is broken off leaves MARK in the first sector: neither the old file
system nor half of the new one. Layout after Microsoft, "FAT32 File System Specification" 1.03.
"""

import struct

from firmware.compat import const

SECTOR = const(512)
MARK = b"DAYLOG FORMAT"
SLICE_SECTORS = const(16)
ALIGN_SECTORS = const(8192)  # 4 MiB: what the cards' controllers erase at once, or a multiple of it
LEAST_RESERVED = const(32)
FATS = const(2)
MEDIA = const(0xF8)
LEAST_CLUSTERS = const(65525)  # fewer would be FAT16 by definition
LARGE_SECTORS = const(1 << 26)  # above 32 GiB clusters are larger
END_OF_CHAIN = const(0x0FFFFFFF)
FSINFO, BACKUP = const(1), const(6)
SYNC = const(3)
SIGNATURE = b"\x55\xaa"


class Layout:
    """Where things are in a file system of `sectors` that begins at sector `start` of the card."""

    def __init__(self, start, sectors, cluster_sectors, align=1):
        self.start, self.sectors, self.cluster_sectors = start, sectors, cluster_sectors
        self.fat_sectors = -(-((sectors - LEAST_RESERVED) // cluster_sectors + 2) // 128)
        self.reserved = LEAST_RESERVED + -(LEAST_RESERVED + FATS * self.fat_sectors) % align
        self.data = self.reserved + FATS * self.fat_sectors
        self.clusters = (sectors - self.data) // cluster_sectors

    def boot_sector(self, serial):
        shape = struct.pack(
            "<HBHBHHBHHHII", SECTOR, self.cluster_sectors, self.reserved, FATS, 0, 0, MEDIA, 0, 63, 255, self.start, self.sectors
        )
        fat32 = struct.pack("<IHHIHH12s", self.fat_sectors, 0, 0, 2, FSINFO, BACKUP, b"")  # flags, version, root cluster
        drive = struct.pack("<BBBI11s8s", 0x80, 0, 0x29, serial, b"NO NAME    ", b"FAT32   ")
        return _signed(b"\xeb\x58\x90MSWIN4.1" + shape + fat32 + drive)

    def fs_info(self):
        """How many clusters are free, and where to look first."""
        return _signed(b"RRaA" + bytes(480) + b"rrAa" + struct.pack("<II", self.clusters - 1, 3))

    def partition_table(self):
        entry = struct.pack("<B3sB3sII", 0, b"\xfe\xff\xff", 0x0C, b"\xfe\xff\xff", self.start, self.sectors)
        return _signed(bytes(446) + entry)

    def fat_head(self):
        """Two entries that are none, and the root folder, one cluster long."""
        return struct.pack("<III", 0x0FFFFF00 | MEDIA, END_OF_CHAIN, END_OF_CHAIN) + bytes(SECTOR - 12)


def _signed(head):
    return head + bytes(SECTOR - 2 - len(head)) + SIGNATURE


def layout_for(sectors):
    """The Layout for a card of so many sectors. Raises ValueError when that is too small."""
    start = ALIGN_SECTORS
    cluster_sectors = 128 if sectors > LARGE_SECTORS else 64
    while cluster_sectors:
        layout = Layout(start, sectors - start, cluster_sectors, ALIGN_SECTORS)
        if layout.clusters >= LEAST_CLUSTERS:
            return layout
        cluster_sectors //= 2
    raise ValueError("too small for FAT32")


def format_card(device, sectors, serial):
    """Yield (sectors done, sectors in all) after each slice. Raises OSError from the card, ValueError when it is too small."""
    layout = layout_for(sectors)
    boot, info = layout.boot_sector(serial), layout.fs_info()
    device.writeblocks(0, MARK + bytes(SECTOR - len(MARK)))
    device.ioctl(SYNC, 0)
    first, last = layout.start, layout.start + layout.data + layout.cluster_sectors
    zeros = bytes(SLICE_SECTORS * SECTOR)
    for sector in range(first, last, SLICE_SECTORS):
        device.writeblocks(sector, zeros)
        yield sector - first, last - first
    for fat in range(FATS):
        device.writeblocks(layout.start + layout.reserved + fat * layout.fat_sectors, layout.fat_head())
    for at in (BACKUP, 0):
        device.writeblocks(layout.start + at, boot)
        device.writeblocks(layout.start + at + FSINFO, info)
    device.ioctl(SYNC, 0)
    device.writeblocks(0, layout.partition_table())
    device.ioctl(SYNC, 0)
    yield last - first, last - first
