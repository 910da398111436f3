# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Before the card is mounted: sectors of FAT32 itself that a power cut has spoilt are put back from their copies.

    for said in mend(device):        # a slice of the card's time each
        if said: ...                 # what was put back, in words

There is a copy of the boot sector and of the FAT; the partition table and FSInfo can be worked out. A folder has no copy: only carving on a
computer finds what its lost sectors named.

A cut spoils sectors that were being written. Those of the FAT lie where the last clusters were taken, so the
sectors around FSInfo's hint are compared at every boot, and all of them when that hint is lost. Each repair writes one sector
from a copy that stays as it is: a cut in the middle is repaired at the next boot. Layout: Microsoft, "FAT32 File System
Specification" 1.03.
"""

import struct

from firmware.compat import const
from firmware.fat_format import ALIGN_SECTORS, BACKUP, FSINFO, MARK, SECTOR, SIGNATURE, SYNC

BLOCK_SECTORS = const(16)
ENTRIES = const(128)  # of a sector of the FAT
NEAR_BLOCKS = const(3)  # compared at every boot: from one block before the hint
UNKNOWN = const(0xFFFFFFFF)
MBR_TYPES = (0x0B, 0x0C)
USUAL_STARTS = (ALIGN_SECTORS, 2048, 32768, 63)
_ENTRY, _LBA = const(446), const(454)

BOOT = "the card's boot sector was spoilt and is back, from its copy"
TABLE = "the card's partition table was spoilt and is back"
INFO = "the card's count of free space was spoilt and is made anew"
FAT = "%d sectors of the card's file table were spoilt and are back, from its copy"


def mend(device):
    """Yield None after each slice of work, or words for what was put back. A card without FAT32 is left alone.

    Raises OSError from the card.
    """
    first = _sector(device, 0)
    if first.startswith(MARK):
        return
    start = _start(first, device)
    if start is None:
        return
    if start and first[510:] != SIGNATURE:
        _write(device, 0, _table(start, device))
        yield TABLE
    boot = _sector(device, start)
    if not is_boot(boot):
        boot = _sector(device, start + BACKUP)
        _write(device, start, boot)
        yield BOOT
    volume = Volume(start, boot)
    if volume.fats == 2:
        yield from _mend_fats(device, volume)


class Volume:
    """Where things are, by the boot sector."""

    def __init__(self, start, boot):
        self.start = start
        cluster_sectors, reserved, self.fats = struct.unpack_from("<BHB", boot, 13)
        sectors, self.fat_sectors = struct.unpack_from("<II", boot, 32)
        self.fat = start + reserved
        self.clusters = (sectors - reserved - self.fats * self.fat_sectors) // cluster_sectors


def is_boot(data):
    """Whether a sector is the first one of a FAT32 file system that this module understands."""
    sector_bytes, cluster_sectors, reserved, fats = struct.unpack_from("<HBHB", data, 11)
    sectors, fat_sectors = struct.unpack_from("<II", data, 32)
    return (
        data[510:] == SIGNATURE
        and data[82:90] == b"FAT32   "
        and sector_bytes == SECTOR
        and cluster_sectors > 0
        and fats in (1, 2)
        and sectors > reserved + fats * fat_sectors > 0
    )


# -- boot sector and partition table ---------------------------------------------------------


def _start(first, device):
    """The sector where the file system begins, or None. First by sector 0; if that is spoilt, by what lies where it usually begins."""
    if is_boot(first):
        return 0
    if first[510:] == SIGNATURE:
        lba = struct.unpack_from("<I", first, _LBA)[0]
        return lba if first[_ENTRY + 4] in MBR_TYPES and _has_boot(device, lba) else None
    for start in (0,) + USUAL_STARTS:
        if _has_boot(device, start):
            return start
    return None


def _has_boot(device, start):
    """Either of the two boot sectors of a file system that says it begins here."""
    for at in (start, start + BACKUP):
        data = _sector(device, at)
        if is_boot(data) and struct.unpack_from("<I", data, 28)[0] in (start, 0):
            return True
    return False


def _table(start, device):
    boot = _sector(device, start)
    if not is_boot(boot):
        boot = _sector(device, start + BACKUP)
    sectors = struct.unpack_from("<I", boot, 32)[0]
    entry = struct.pack("<B3sB3sII", 0, b"\xfe\xff\xff", MBR_TYPES[1], b"\xfe\xff\xff", start, sectors)
    return bytes(_ENTRY) + entry + bytes(48) + SIGNATURE


# -- the FATs ----------------------------------------------------------------------------------


def _mend_fats(device, volume):
    hint = _hint(device, volume)
    mended = free = 0
    for block in _blocks(volume, hint):
        pair = Pair(device, volume, block)
        mended += pair.mend()
        free += 0 if hint else count_free(pair.second)
        yield None
    if mended:
        yield FAT % mended
    if not hint:
        _write(device, volume.start + FSINFO, _fs_info(free - _beyond(volume)))
        yield INFO


def _hint(device, volume):
    """The cluster where FatFs last looked for a free one, or 0 if FSInfo does not tell."""
    info = _sector(device, volume.start + FSINFO)
    free, hint = struct.unpack_from("<II", info, 488)
    whole = info[:4] == b"RRaA" and info[484:488] == b"rrAa" and info[510:] == SIGNATURE
    return hint if whole and free <= volume.clusters and 2 <= hint < volume.clusters + 2 else 0


def _blocks(volume, hint):
    """First sectors, within the FAT, of the blocks to compare."""
    if not hint:
        return range(0, volume.fat_sectors, BLOCK_SECTORS)
    at = hint // ENTRIES // BLOCK_SECTORS
    near = [block * BLOCK_SECTORS for block in range(max(1, at - 1), at - 1 + NEAR_BLOCKS)]
    return [0] + [sector for sector in near if sector < volume.fat_sectors]


def _fs_info(free):
    return b"RRaA" + bytes(480) + b"rrAa" + struct.pack("<II", free, 2) + bytes(14) + SIGNATURE


def _beyond(volume):
    """Entries of the FAT's last sectors that stand for no cluster; they are 0 and look free."""
    return volume.fat_sectors * ENTRIES - volume.clusters - 2


class Pair:
    """One block of both FATs."""

    def __init__(self, device, volume, block):
        self._device, self._volume = device, volume
        self._at = volume.fat + block
        self._count = min(BLOCK_SECTORS, volume.fat_sectors - block)
        self.first, self.second = self._read(self._at), self._read(self._at + volume.fat_sectors)

    def _read(self, at):
        """Sector by sector where they cannot be read together; one that cannot be read at all is as good as spoilt."""
        data = bytearray(self._count * SECTOR)
        try:
            self._device.readblocks(at, data)
        except OSError:
            for i in range(self._count):
                data[i * SECTOR : (i + 1) * SECTOR] = self._lenient(at + i)
        return data

    def _lenient(self, at):
        try:
            return _sector(self._device, at)
        except OSError:
            return b"\xff" * SECTOR

    def mend(self):
        """Make both the same; returns how many sectors of the first FAT came back from the second. FatFs writes the first one
        first, so that a sound sector there is the newer of the two."""
        if self.first == self.second:
            return 0
        mended = 0
        for i in range(self._count):
            at, end = i * SECTOR, (i + 1) * SECTOR
            if self.first[at:end] == self.second[at:end]:
                continue
            if self._is_sound(self.first[at:end]):
                _write(self._device, self._at + self._volume.fat_sectors + i, self.first[at:end])
                self.second[at:end] = self.first[at:end]
            elif self._is_sound(self.second[at:end]):
                _write(self._device, self._at + i, self.second[at:end])
                mended += 1
        return mended

    def _is_sound(self, sector):
        """Every entry is free, a cluster there is, bad, or an end; the upper four bits are nobody's."""
        last = self._volume.clusters + 1
        for entry in struct.unpack("<128I", sector):
            entry &= 0x0FFFFFFF
            if entry == 1 or last < entry < 0x0FFFFFF7:
                return False
        return sector != b"\xff" * SECTOR


def count_free(block):
    """Entries of a block of the FAT that are 0. Most blocks are all free or all taken, which costs no loop."""
    if block.find(b"\0\0\0\0") < 0:
        return 0
    if not any(block):
        return len(block) // 4
    return sum(entry & 0x0FFFFFFF == 0 for entry in struct.unpack("<%dI" % (len(block) // 4), block))


def _sector(device, number):
    data = bytearray(SECTOR)
    device.readblocks(number, data)
    return data


def _write(device, number, data):
    device.writeblocks(number, data)
    device.ioctl(SYNC, 0)
