# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Spoil the file system's own sectors, one kind at a time: they come back as they were."""

import struct
import unittest

from firmware import fat_repair
from firmware.card_guard import CardGuard
from firmware.fat_format import BACKUP, FSINFO, MARK, format_card, layout_for

SECTOR = 512
SECTORS = 1 << 19  # 256 MiB
JUNK = bytes((7 * i + 3) & 0xFF for i in range(SECTOR))
USED = 5000  # clusters
LAST, END = USED + 2, 0x0FFFFFFF


class Ram:
    """A card of which only what is not zero is kept. Sectors in `unreadable` answer with an error until they are written."""

    def __init__(self):
        self.sectors, self.unreadable, self.writes = {}, set(), []

    def readblocks(self, sector, buffer):
        for at in range(len(buffer) // SECTOR):
            if sector + at in self.unreadable:
                raise OSError(5)
            buffer[at * SECTOR : at * SECTOR + SECTOR] = self.sectors.get(sector + at, bytes(SECTOR))
        return 0

    def writeblocks(self, sector, buffer):
        for at in range(len(buffer) // SECTOR):
            data = bytes(buffer[at * SECTOR : at * SECTOR + SECTOR])
            self.sectors[sector + at] = data
            self.unreadable.discard(sector + at)
            self.writes.append(sector + at)
        return 0

    def ioctl(self, operation, argument):
        return SECTORS if operation == 4 else 0

    def content(self):
        return {number: data for number, data in self.sectors.items() if any(data)}


def used_card():
    """(card, layout): formatted, with one file of USED clusters, and FSInfo as FatFs leaves it."""
    card, layout = Ram(), layout_for(SECTORS)
    for _ in format_card(card, SECTORS, 1):
        pass
    entries = [0x0FFFFFF8, 0x0FFFFFFF, 0x0FFFFFFF] + list(range(4, USED + 3)) + [0x0FFFFFFF]
    entries += [0] * (-len(entries) % 128)
    for fat in range(2):
        at = layout.start + layout.reserved + fat * layout.fat_sectors
        for i in range(0, len(entries), 128):
            card.writeblocks(at + i // 128, struct.pack("<128I", *entries[i : i + 128]))
    card.writeblocks(layout.start + FSINFO, fs_info(layout.clusters - 1 - USED, USED + 2))
    card.writes.clear()
    return card, layout


def put(sector, cluster, *entries):
    """A sector of the FAT with some entries changed."""
    data = bytearray(sector)
    struct.pack_into("<%dI" % len(entries), data, cluster % 128 * 4, *entries)
    return bytes(data)


def fs_info(free, hint):
    return b"RRaA" + bytes(480) + b"rrAa" + struct.pack("<II", free, hint) + bytes(14) + b"\x55\xaa"


def said(card):
    return [words for words in fat_repair.mend(card) if words]


class FatRepairTest(unittest.TestCase):
    def setUp(self):
        self.card, self.layout = used_card()
        self.before = self.card.content()
        self.fat = self.layout.start + self.layout.reserved
        self.second = self.fat + self.layout.fat_sectors

    def assert_mended(self, words):
        first = said(self.card)
        again = said(self.card)
        self.assertEqual((first, again, self.card.content() == self.before), (words, [], True))

    def test_a_sound_card_is_not_written(self):
        self.assert_mended([])
        self.assertEqual(self.card.writes, [])

    def test_the_boot_sector_comes_back_from_its_copy(self):
        for junk in (bytes(SECTOR), b"\xff" * SECTOR, JUNK):
            self.card.writeblocks(self.layout.start, junk)
            self.assert_mended([fat_repair.BOOT])

    def test_the_partition_table_is_made_anew(self):
        for junk in (bytes(SECTOR), b"\xff" * SECTOR, JUNK):
            self.card.writeblocks(0, junk)
            self.assert_mended([fat_repair.TABLE])

    def test_both_at_once(self):
        self.card.writeblocks(0, JUNK)
        self.card.writeblocks(self.layout.start, JUNK)
        self.assert_mended([fat_repair.TABLE, fat_repair.BOOT])

    def read_fat(self):
        """(the FAT as the file system reads it, how many sectors of it were spoilt)"""
        guard = CardGuard(self.card)
        guard.fats = fat_repair.fats_of(guard)
        data = b"".join(bytes(guard.sector(self.fat + at)) for at in range(USED // 128 + 2))
        return data, guard.fats.mended

    def assert_fat_mended(self, count):
        expected = b"".join(self.before.get(self.fat + at, bytes(SECTOR)) for at in range(USED // 128 + 2))
        self.assertEqual([self.read_fat(), self.read_fat()], [(expected, count), (expected, 0)])
        self.assertTrue(self.card.content() == self.before)

    def test_sectors_of_the_first_fat_come_back_from_the_second(self):
        for junk in (bytes(SECTOR), b"\xff" * SECTOR, JUNK):
            for sectors in ((0,), (USED // 128,), (3, 4, 5), range(USED // 128)):
                for sector in sectors:
                    self.card.writeblocks(self.fat + sector, junk)
                self.assert_fat_mended(len(sectors))

    def test_a_sector_that_cannot_be_read_is_written_anew(self):
        self.card.unreadable.add(self.fat + 7)
        self.assert_fat_mended(1)
        self.card.unreadable.add(self.second + 7)
        self.assert_fat_mended(0)

    def test_a_spoilt_second_fat_is_made_like_the_first(self):
        for junk in (bytes(SECTOR), b"\xff" * SECTOR, JUNK):
            self.card.writeblocks(self.second + USED // 128, junk)
            self.assert_fat_mended(0)

    def test_a_card_that_is_gone_is_no_spoilt_fat(self):
        self.card.unreadable.update((self.fat, self.second))
        with self.assertRaises(OSError):
            self.read_fat()

    def test_where_neither_makes_sense_no_cluster_is_given_away(self):
        for fat in (self.fat, self.second):
            self.card.writeblocks(fat + 3, bytes([fat & 0xFF, 0xEE]) + JUNK[2:])
        self.card.writes.clear()
        entries = struct.unpack("<128I", self.read_fat()[0][3 * SECTOR : 4 * SECTOR])
        self.assertEqual((min(entries), self.card.writes), (0x0FFFFFFF, []))

    def test_the_newer_first_fat_wins(self):
        """A cut between the two copies: what was written first is newer."""
        at = self.fat + USED // 128
        newer = put(self.card.sectors[at], LAST, LAST + 1, LAST + 2, END)
        self.card.writeblocks(at, newer)
        self.assertEqual(self.read_fat()[0][-2 * SECTOR : -SECTOR], newer)
        self.assertEqual(self.card.sectors[self.second + USED // 128], newer)

    def test_a_link_to_what_was_torn_off_is_an_end(self):
        at = self.fat + USED // 128
        self.card.writeblocks(at, put(self.card.sectors[at], LAST, LAST + 1))
        self.assert_fat_mended(1)

    def test_clusters_that_were_being_freed_stay_taken(self):
        at = self.fat + 5
        self.card.writeblocks(at, put(self.card.sectors[at], 5 * 128 + 9, 0, 0, 0))
        self.assert_fat_mended(1)

    def test_without_fsinfo_everything_is_compared_and_counted(self):
        for junk in (bytes(SECTOR), b"\xff" * SECTOR, JUNK, fs_info(1 << 30, 2)):
            self.card.writeblocks(self.layout.start + FSINFO, junk)
            self.card.writeblocks(self.fat + 3, JUNK)
            words = said(self.card)
            free = struct.unpack("<I", self.card.sectors[self.layout.start + FSINFO][488:492])[0]
            self.assertEqual((words, free), ([fat_repair.FAT % 1, fat_repair.INFO], self.layout.clusters - 1 - USED))
            self.assertEqual(self.card.sectors[self.fat + 3], self.card.sectors[self.second + 3])

    def test_a_cut_in_the_middle_is_repaired_the_next_time(self):
        for sector in (6, 7):
            self.card.writeblocks(self.fat + sector, JUNK)
        guard = CardGuard(self.card)
        guard.fats = fat_repair.fats_of(guard)
        guard.sector(self.fat + 6)
        self.card.writeblocks(self.fat + 6, b"\xff" * SECTOR)
        self.assert_fat_mended(2)

    def test_what_is_no_fat32_is_left_alone(self):
        other = bytearray(SECTOR)
        other[450], other[510:] = 0x07, b"\x55\xaa"  # an exFAT partition
        for first in (bytes(other), MARK + bytes(SECTOR - len(MARK)), JUNK):
            card = Ram()
            card.writeblocks(0, first)
            self.assertEqual((said(card), card.writes), ([], [0]))

    def test_a_file_system_without_a_partition_table(self):
        card = Ram()
        for number, data in self.card.sectors.items():
            if number >= self.layout.start:
                card.sectors[number - self.layout.start] = data
        boot = bytearray(card.sectors[0])
        boot[28:32] = bytes(4)
        card.sectors[0] = card.sectors[BACKUP] = bytes(boot)
        before = card.content()
        card.writeblocks(0, b"\xff" * SECTOR)
        self.assertEqual((said(card), card.content() == before), ([fat_repair.BOOT], True))

    def test_free_clusters_are_counted_whatever_their_neighbours_are(self):
        for entries in ([0] * 128, [5] * 128, [0x10000, 0x10001] * 64, [0, 7] * 64, [0x100, 0, 0x1000000, 0] * 32):
            block = struct.pack("<128I", *entries)
            self.assertEqual(fat_repair.count_free(block), sum(entry == 0 for entry in entries))
