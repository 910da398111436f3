# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Stands where a CardGuard stands, for a file system that the system below mounts and mends itself: it shows no sectors, and needs none
of what the firmware does for FAT. That it fails is said by the files on it."""


class Volume:
    """`sectors`: none that can be seen."""

    trouble, first, fats = "", b"", None
    says_sectors = sectors = 0

    def examine(self):
        pass

    def bury(self):
        pass

    def is_same(self):
        return True
