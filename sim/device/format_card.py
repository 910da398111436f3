# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Format a card image: micropython format_card.py IMAGE BYTES. Cards of 4 GB and more become FAT32.

FatFs itself does it, so the card is what the board's own `mkfs` would have made.
"""

import sys

import vfs


class Image:
    def __init__(self, file, sectors):
        self._file, self._sectors = file, sectors

    def readblocks(self, sector, buffer):
        self._file.seek(sector * 512)
        self._file.readinto(buffer)

    def writeblocks(self, sector, buffer):
        self._file.seek(sector * 512)
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        return {4: self._sectors, 5: 512}.get(operation, 0)


with open(sys.argv[1], "r+b") as image:
    vfs.VfsFat.mkfs(Image(image, int(sys.argv[2]) // 512))
