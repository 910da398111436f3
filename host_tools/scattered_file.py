# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A file whose bytes lie in several places of something else."""

import io
import os


class ScatteredFile(io.RawIOBase):
    """Seekable, `size` bytes long; whoever inherits knows where the bytes are."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._position = 0

    def bytes_at(self, offset: int, wanted: int) -> bytes:
        """At least one and at most `wanted` bytes, none of them beyond the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        data = self.bytes_at(self._position, wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
