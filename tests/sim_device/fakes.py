# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Stand-ins for the files of a simulated board; they live in memory and on both interpreters."""

import io


class Trace:
    """Keeps what is told, as tuples."""

    def __init__(self):
        self.told = []

    def add(self, what, **data):
        self.told.append((what,) + tuple((key, data[key]) for key in sorted(data)))

    def numbers(self, what, name, value, name2=None, value2=0):
        pairs = ((name, value),) if name2 is None else ((name, value), (name2, value2))
        self.told.append((what,) + pairs)


def image(size):
    """A file of zeros; both interpreters' BytesIO can seek, read into a buffer and write."""
    return io.BytesIO(bytes(size))
