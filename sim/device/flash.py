# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The file system partition of the flash image, as a block device."""

BLOCK_BYTES = 4096
COUNT, SIZE = 4, 5


class Flash:
    def __init__(self, file, offset, size):
        self._file, self._offset, self._blocks = file, offset, size // BLOCK_BYTES

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(self._offset + block * BLOCK_BYTES + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        self._file.seek(self._offset + block * BLOCK_BYTES + offset)
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        return {COUNT: self._blocks, SIZE: BLOCK_BYTES}.get(operation, 0)
