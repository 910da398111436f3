# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Sectors of FAT32 itself that a power cut or the card has spoilt are put back from their copies.

    for said in mend(device):        # before the card is mounted; a slice of the card's time each
        if said: ...                 # what was put back, in words
    fats = fats_of(device)           # for CardGuard, which asks it whenever a sector of the FAT is read

There is a copy of the boot sector and of the FAT; the partition table and FSInfo can be worked out. A folder has no copy: only carving on a
computer finds what its lost sectors named.

To compare both FATs of a large card would take longer than a boot may. So each sector of the first is compared when the file system
reads it: none is used, and no cluster is taken, by a sector that was not. Where the two differ, a cluster that either calls
taken stays taken: a FAT that reads as zeros must not give committed footage away. Each repair writes one sector from a copy that
stays as it is: a cut in the middle is repaired the next time. Layout: Microsoft, "FAT32 File System Specification" 1.03.
"""

import struct

from firmware.compat import const
from firmware.fat_format import ALIGN_SECTORS, BACKUP, END_OF_CHAIN, FSINFO, MARK, SECTOR, SIGNATURE, SYNC

BLOCK_SECTORS = const(16)
ENTRIES = const(128)  # of a sector of the FAT
BAD = const(0x0FFFFFF7)  # clusters, and from the next number on ends of chains
TAKEN = b"\xff\xff\xff\x0f" * 128  # for want of a better: no cluster of it may be given away
NO_CLUSTER = const(2)  # the first entries of the FAT
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
    if volume.fats == 2 and not _is_whole_info(device, volume):
        yield from _count_anew(device, volume)


def fats_of(device):
    """The Fats of a card whose boot sector is whole; None where there is no second FAT. Raises OSError from the card."""
    start = _start(_sector(device, 0), device)
    boot = _sector(device, start or 0)
    volume = Volume(start, boot) if start is not None and is_boot(boot) else None
    return Fats(volume) if volume and volume.fats == 2 else None


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
    if first.startswith(MARK):
        return None
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


class Fats:
    """The first FAT from sector `first` on, and its copy `distance` sectors behind. `mended` counts the sectors that were spoilt."""

    def __init__(self, volume):
        self.first, self.distance = volume.fat, volume.fat_sectors
        self.mended = 0
        self._volume = volume

    def hold(self, sector):
        return self.first <= sector < self.first + self.distance

    def mend(self, device, sector, buffer):
        """Make both copies of a sector the same, and give it."""
        pair = Pair(device, self._volume, sector - self.first, 1)
        self.mended += pair.mend()
        buffer[:] = pair.first


def _count_anew(device, volume):
    """FSInfo says how many clusters are free. FatFs would count them itself, but in one go: longer than the watchdog waits."""
    mended = free = 0
    for block in range(0, volume.fat_sectors, BLOCK_SECTORS):
        pair = Pair(device, volume, block, min(BLOCK_SECTORS, volume.fat_sectors - block))
        mended += pair.mend()
        free += count_free(pair.first)
        yield None
    if mended:
        yield FAT % mended
    _write(device, volume.start + FSINFO, _fs_info(free - _beyond(volume)))
    yield INFO


def _is_whole_info(device, volume):
    info = _sector(device, volume.start + FSINFO)
    free, hint = struct.unpack_from("<II", info, 488)
    whole = info[:4] == b"RRaA" and info[484:488] == b"rrAa" and info[510:] == SIGNATURE
    return whole and free <= volume.clusters and 2 <= hint < volume.clusters + 2


def _fs_info(free):
    return b"RRaA" + bytes(480) + b"rrAa" + struct.pack("<II", free, 2) + bytes(14) + SIGNATURE


def _beyond(volume):
    """Entries of the FAT's last sectors that stand for no cluster; they are 0 and look free."""
    return volume.fat_sectors * ENTRIES - volume.clusters - 2


class Pair:
    """`count` sectors of both FATs, from sector `at` of each on."""

    def __init__(self, device, volume, at, count):
        self._device, self._volume = device, volume
        self._at, self._count = at, count
        self._errors = []
        self.first, self.second = self._read(volume.fat + at), self._read(volume.fat + volume.fat_sectors + at)

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
        except OSError as error:
            self._errors.append(error)
            return b"\xff" * SECTOR

    def mend(self):
        """Make both the same; returns how many sectors of the first FAT came back from the second. Raises OSError from the card."""
        if len(self._errors) == 2 * self._count:
            raise self._errors[0]
        if self.first == self.second:
            return 0
        return sum(self._mend_sector(i) for i in range(self._count))

    def _mend_sector(self, i):
        at, end = i * SECTOR, (i + 1) * SECTOR
        first, second = self.first[at:end], self.second[at:end]
        if first == second:
            return 0
        sector = settle(first, second, (self._at + i) * ENTRIES, self._volume.clusters)
        if sector is None:
            self.first[at:end] = TAKEN
            return 0
        fat = self._volume.fat + self._at + i
        for place, old in ((fat, first), (fat + self._volume.fat_sectors, second)):
            if sector != old:
                _write(self._device, place, sector)
        self.first[at:end] = self.second[at:end] = sector
        return int(sector != first)


def settle(first, second, base, clusters):
    """What a sector of the FAT is meant to be whose two copies differ, or None; `base` is the cluster of its first entry.

    FatFs writes the first copy first, so that where both make sense the first is newer; but zeros make sense, too.
    """
    ours, theirs = struct.unpack("<128I", first), struct.unpack("<128I", second)
    if not _makes_sense(ours, base, clusters):
        return second if _makes_sense(theirs, base, clusters) else None
    if not _makes_sense(theirs, base, clusters):
        return first
    entries = [our or their for our, their in zip(ours, theirs)]
    for i in range(ENTRIES):
        target = entries[i] - base
        if ours[i] != theirs[i] and 0 <= target < ENTRIES and not entries[target]:
            entries[i] = END_OF_CHAIN  # the sector was torn between a link and what it leads to
    return bytearray(struct.pack("<128I", *entries))


def _makes_sense(entries, base, clusters):
    """Every entry is free, a cluster there is, bad, or an end."""
    for i in range(max(0, NO_CLUSTER - base), ENTRIES):
        entry = entries[i]
        if entry == 1 or clusters + 1 < entry < BAD or entry > END_OF_CHAIN:
            return False
    return True


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
