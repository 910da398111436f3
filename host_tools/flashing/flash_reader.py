# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A flash read a window at a time, each at most once: a file system is looked at here and there, and every look is slow."""

from collections.abc import Callable

WINDOW_BYTES = 0x10000


class FlashReader:
    """`read(offset, size)` of the chip is called for whole windows."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._windows: dict[int, bytes] = {}

    def __call__(self, offset: int, size: int) -> bytes:
        first, last = offset // WINDOW_BYTES, (offset + max(size, 1) - 1) // WINDOW_BYTES
        data = b"".join(self._window(number) for number in range(first, last + 1))
        return data[offset - first * WINDOW_BYTES :][:size]

    def _window(self, number: int) -> bytes:
        if number not in self._windows:
            self._windows[number] = self._read(number * WINDOW_BYTES, WINDOW_BYTES)
        return self._windows[number]
