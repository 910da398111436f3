# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import struct
import unittest

from firmware.fat_format import ALIGN_SECTORS, LEAST_CLUSTERS, MARK, format_card, layout_for


class Device:
    """Remembers the order of what was written: "mark", "table", "zeros", "boot", or "fat"; and "sync"."""

    def __init__(self):
        self.order = []
        self.sectors = {}

    def writeblocks(self, sector, buffer):
        self.sectors[sector] = bytes(buffer)
        what = "mark" if buffer[: len(MARK)] == MARK else "table" if sector == 0 else "data" if any(buffer) else "zeros"
        if self.order[-1:] != [what]:
            self.order.append(what)

    def ioctl(self, operation, argument):
        self.order.append("sync")


class FatFormatTest(unittest.TestCase):
    def test_the_mark_comes_first_and_the_table_last(self):
        device = Device()
        steps = list(format_card(device, 1 << 21, 7))
        self.assertEqual(device.order, ["mark", "sync", "zeros", "data", "sync", "table", "sync"])
        self.assertEqual(steps[-1][0], steps[-1][1])

    def test_cut_off_anywhere_it_is_the_mark_that_is_found(self):
        device = Device()
        for _ in format_card(device, 1 << 21, 7):
            if device.order[-1] != "sync":
                self.assertEqual(device.sectors[0][: len(MARK)], MARK)

    def test_the_layout_is_fat32_at_every_size(self):
        for megabytes in (64, 100, 1000, 2000, 8000, 32000, 64000, 512000):
            layout = layout_for(megabytes * 2000)
            self.assertTrue(layout.clusters >= LEAST_CLUSTERS)
            self.assertTrue(layout.fat_sectors * 128 >= layout.clusters + 2)
            self.assertTrue(layout.data + layout.clusters * layout.cluster_sectors <= layout.sectors)
            self.assertTrue(32 <= layout.reserved < 65536)
            self.assertEqual((layout.start + layout.data) % ALIGN_SECTORS, 0)

    def test_what_is_too_small_is_refused(self):
        with self.assertRaises(ValueError):
            layout_for(60_000)

    def test_a_large_card_has_large_clusters(self):
        self.assertEqual([layout_for(gb * 2_000_000).cluster_sectors for gb in (8, 32, 64)], [64, 64, 128])

    def test_both_boot_sectors_say_the_same(self):
        device = Device()
        for _ in format_card(device, 1 << 21, 0x1234):
            pass
        start = struct.unpack_from("<I", device.sectors[0], 454)[0]
        self.assertEqual((start, device.sectors[start], device.sectors[0][510:]), (ALIGN_SECTORS, device.sectors[start + 6], b"\x55\xaa"))
        self.assertEqual(struct.unpack_from("<I", device.sectors[start], 67)[0], 0x1234)


if __name__ == "__main__":
    unittest.main()
