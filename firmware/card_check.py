# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a card is a good one: does it answer everywhere, do its two FATs agree, does it have all that it says?

    for good, text in await check(guard, "/sd", may_write=True): ...

Reading harms nothing. To see whether the card keeps what is written, files of its own are spread over the free space; on a
card that wraps that could still land on footage, so it is done only where there is none to lose.
"""

import os
import struct

from firmware.compat import const, sleep_ms
from firmware.files import exists, make_folder

SECTOR = const(512)
PLACES = const(128)  # looked at all over the card
SLICE_SECTORS = const(16)
FILE_BYTES = const(2_000_000_000)  # FAT32 takes less than 4 GiB in a file
FOLDER = "/daylog.tmp"
_MARK = "<12sI"

READABLE = "all of %d places looked at can be read"
UNREADABLE = "%d of %d places looked at cannot be read"
FATS_AGREE = "its two FATs agree"
ONE_FAT = "it has one FAT only, of which nothing could be repaired; card format makes two"
FATS_DIFFERED = "its two FATs differed in %d places, and were made the same"
KEEPS = "it keeps what is written, all over its free space"
KEEPS_NOT = "%d of %d places do not keep what is written: it is counterfeit or worn out"
WRAPS = "it says it has %d MB and has %d MB: it is counterfeit"
NOT_TRIED = "whether it keeps what is written was not tried: footage on it is not stored yet"


async def check(guard, mount, may_write):
    """[(is it good, what was found)]. Takes turns with other tasks. Raises OSError when the card fails meanwhile."""
    found = []
    if guard.sectors < guard.says_sectors:
        found.append((False, WRAPS % (guard.says_sectors * SECTOR // 1_000_000, guard.sectors * SECTOR // 1_000_000)))
    found.append(await _reading(guard))
    found.append(await _fats(guard))
    found.append(await _keeping(mount) if may_write else (True, NOT_TRIED))
    return found


async def _reading(guard):
    bad = 0
    for place in range(PLACES):
        try:
            guard.sector((guard.says_sectors - 1) * place // (PLACES - 1))
        except OSError:
            bad += 1
        await sleep_ms(0)
    return (False, UNREADABLE % (bad, PLACES)) if bad else (True, READABLE % PLACES)


# -- the FATs ------------------------------------------------------------------------------


async def _fats(guard):
    places, sectors = _places_of_fats(guard)
    if len(places) < 2:
        return False, ONE_FAT
    one, other = bytearray(SLICE_SECTORS * SECTOR), bytearray(SLICE_SECTORS * SECTOR)
    differ = 0
    for at in range(0, sectors - SLICE_SECTORS + 1, SLICE_SECTORS):
        guard.readblocks(places[0] + at, one)
        guard.readblocks(places[1] + at, other)
        if one != other:
            differ += 1
            for sector in range(SLICE_SECTORS):
                guard.sector(places[0] + at + sector)  # the guard mends what it reads
        await sleep_ms(0)
    return (False, FATS_DIFFERED % differ) if differ else (True, FATS_AGREE)


def _places_of_fats(guard):
    """([first sector of each], sectors of one), of a card that is mounted."""
    boot, start = guard.sector(0), 0
    if boot[82:87] != b"FAT32":
        start = struct.unpack_from("<I", boot, 454)[0]  # of the first partition
        boot = guard.sector(start)
    reserved, fats = struct.unpack_from("<HB", boot, 14)
    sectors = struct.unpack_from("<I", boot, 36)[0]
    return [start + reserved + number * sectors for number in range(fats)], sectors


# -- does it keep what is written ----------------------------------------------------------


async def _keeping(mount):
    free = os.statvfs(mount)
    step = free[1] * free[3] // (PLACES + 8) // SECTOR * SECTOR
    try:
        lost = await _count_lost(await _write_marks(temporary(mount), step), step)
        tidy(mount)
    except OSError:  # not even the files are there any more
        lost = PLACES
    return (False, KEEPS_NOT % (lost, PLACES)) if lost else (True, KEEPS)


def _mark(number):
    """A sector that is like no other."""
    return struct.pack(_MARK, b"DAYLOG CHECK", number) * (SECTOR // 16)


def _numbers(step):
    """The marks of each file, by file."""
    each = max(1, FILE_BYTES // step)
    return [range(first, min(first + each, PLACES)) for first in range(0, PLACES, each)]


async def _write_marks(folder, step):
    """A mark at the end of each `step` of files that are never written otherwise; returns their names."""
    names = []
    for numbers in _numbers(step):
        names.append("%s/%d" % (folder, len(names)))
        with open(names[-1], "wb") as file:
            for number in numbers:
                file.seek((number - numbers[0] + 1) * step - SECTOR)  # makes the file longer, which takes its time
                file.write(_mark(number))
                await sleep_ms(0)
    return names


async def _count_lost(names, step):
    lost = 0
    for name, numbers in zip(names, _numbers(step)):
        with open(name, "rb") as file:
            for number in numbers:
                file.seek((number - numbers[0] + 1) * step - SECTOR)
                lost += file.read(SECTOR) != _mark(number)
                await sleep_ms(0)
    return lost


def temporary(mount):
    """A folder for files that nobody needs for long."""
    make_folder(mount + FOLDER)
    return mount + FOLDER


def tidy(mount):
    """Remove it, also what a cut has left in it. Raises OSError from the card."""
    folder = mount + FOLDER
    if exists(folder):
        for name in os.listdir(folder):
            os.remove(folder + "/" + name)
        os.rmdir(folder)
