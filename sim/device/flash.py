# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The file system partition of the flash image, as a block device.

littlefs reads 32 bytes at a time, thousands of times a boot: the block read last is kept.
"""

BLOCK_BYTES = 4096
COUNT, SIZE, ERASE = 4, 5, 6
_ERASED = b"\xff" * BLOCK_BYTES


class Flash:
    def __init__(self, file, offset, size):
        self._file, self._offset, self._blocks = file, offset, size // BLOCK_BYTES
        self.observer = None  # as the card's, but that nothing waits for a sync
        self._last, self._content = -1, memoryview(bytearray(BLOCK_BYTES))

    def readblocks(self, block, buffer, offset=0):
        if block != self._last:
            self._file.seek(self._offset + block * BLOCK_BYTES)
            self._file.readinto(self._content)
            self._last = block
        buffer[:] = self._content[offset : offset + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        if self.observer is not None:
            self.observer.write(at, buffer)
        self._file.seek(self._offset + at)
        self._file.write(buffer)
        self._last = -1

    def ioctl(self, operation, argument):
        if operation == ERASE:
            self.writeblocks(argument, _ERASED)
        return {COUNT: self._blocks, SIZE: BLOCK_BYTES}.get(operation, 0)
