# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Files that keep what they were told to keep.

    from firmware.durable import open, settle    # in the place of the built-in

On MicroPython's file systems `flush` and `close` of a file make durable what was written, and so do `mkdir` and `rename`. On CPython it
all lies in the system's memory until somebody asks for more: here `flush` and `close` do, and `settle(folder)` for the names in it.
"""

import os

if not hasattr(os, "fsync"):  # MicroPython
    open = open

    def settle(folder):
        """Make durable which names are in a folder."""

else:
    import io

    class _File(io.FileIO):
        """Unbuffered, so that a write tells at once what the file system has taken."""

        def __init__(self, path, mode):
            super().__init__(path, mode.replace("b", ""))
            self._folder = None if mode == "rb" else os.path.dirname(path)

        def flush(self):
            """`close` calls it too."""
            if self._folder is None or self.closed:
                return
            os.fsync(self.fileno())
            if hasattr(os, "posix_fadvise"):  # what is read back now has to come from the card, and memory stays free for others
                os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            if self._folder:
                settle(self._folder)
                self._folder = ""

    def open(path, mode):
        """A file of bytes; "rb", "r+b", "w+b", "wb" or "ab"."""
        return _File(path, mode)

    def settle(folder):
        """Make durable which names are in a folder."""
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
