# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A folder whose power can be cut: what was written and not flushed is lost, as a whole or from some byte on. CPython only.

    disk = Disk(random.Random(1), modules)      # modules whose `open` goes through it, until disk.restore()
    disk.cut_after(3)                           # the third change from now on raises PowerCut
    disk.power_on()                             # files of before are as the cut left them

As on FAT, names that are removed or made are durable when the call returns; a new file is durable with its first flush.
"""

import os


class PowerCut(BaseException):
    """Nothing of the firmware may catch it."""


class CutFile:
    def __init__(self, disk, path, mode):
        self._disk, self._path = disk, path
        self._is_new = not os.path.exists(path)
        self._file = open(path, mode, buffering=0)
        self._undo = []  # (offset, the bytes before, the size before) of each write since the last flush

    def write(self, data):
        data = bytes(data)
        if self._disk.burns():
            self._put(data[: self._disk.chance.randint(0, len(data))])
            self._disk.cut()
        return self._put(data)

    def _put(self, data):
        size = os.fstat(self._file.fileno()).st_size
        offset = size if "a" in self._file.mode else self._file.tell()
        with open(self._path, "rb") as file:
            file.seek(offset)
            self._undo.append((offset, file.read(len(data)), size))
        return self._file.write(data)

    def flush(self):
        if self._disk.burns():
            self._disk.cut()
        self._undo, self._is_new = [], False

    def close(self):
        if self in self._disk.files:
            self.flush()
            self._disk.files.remove(self)
        self._file.close()

    def fall(self):
        """The power is gone: some of the last writes are too, the newest first."""
        self._file.close()
        kept = self._disk.chance.randint(0, len(self._undo))
        for offset, before, size in reversed(self._undo[kept:]):
            with open(self._path, "r+b") as file:
                file.seek(offset)
                file.write(before)
                file.truncate(size)
        if self._is_new and self._disk.chance.random() < 0.5:
            os.unlink(self._path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        return getattr(self._file, name)


class Disk:
    CHANGES = ("remove", "mkdir", "rmdir")

    def __init__(self, chance, modules):
        self.chance = chance
        self.files = []
        self._left = None  # changes until the cut
        self._modules = modules
        self._real = {name: getattr(os, name) for name in self.CHANGES}
        self._opens = [module.open for module in modules]
        for module in modules:
            module.open = self.open
        for name in self.CHANGES:
            setattr(os, name, self._counted(self._real[name]))

    def restore(self):
        for module, real in zip(self._modules, self._opens):
            module.open = real
        for name in self.CHANGES:
            setattr(os, name, self._real[name])

    def open(self, path, mode="r"):
        if mode == "rb":
            return open(path, mode)
        if self.burns():
            self.cut()
        file = CutFile(self, path, mode)
        self.files.append(file)
        return file

    def _counted(self, real):
        def change(path):
            burns = self.burns()
            if not burns or self.chance.random() < 0.5:
                real(path)
            if burns:
                self.cut()

        return change

    def cut_after(self, changes):
        self._left = changes

    def burns(self):
        """Whether the power goes at this change."""
        if self._left is None:
            return False
        self._left -= 1
        return self._left <= 0

    def cut(self):
        raise PowerCut

    def power_on(self):
        self._left = None
        files, self.files = self.files, []
        for file in files:
            file.fall()
