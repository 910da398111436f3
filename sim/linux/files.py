# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Stands between firmware/ with hal/linux and the files below some folders: each call that reaches the system can be refused before,
and is told afterwards.

    files = Files(root, ("card", "state"), disk.check, tape.add)
    files.install()

It is the process that records which is observed, so nothing is needed of the system: no file system of its own, no tracing. A file that
is changed in another way is an error: what is on the tape is all there was.
"""

import io
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from firmware import durable


class Call(NamedTuple):
    """One call that has to do with files; `path` from the root on. `file` is the number of an opening, `at` an offset; `now_us` is when
    it was done, where somebody counts that."""

    name: str
    path: str
    to: str = ""
    file: int = 0
    at: int = 0
    now_us: int = 0
    data: bytes = b""


Check = Callable[[Call], None]  # may raise OSError
Told = Callable[[Call], None]

_ON_NAMES = ("mkdir", "rmdir", "remove")
_CHANGES = ("os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate")  # audit events
_ON_LOOKS = ("stat", "listdir")


class Files:
    def __init__(self, root: Path, folders: Iterable[str], check: Check, told: Told) -> None:
        self._root, self._folders = os.path.realpath(root), tuple(folders)
        self._check, self._told = check, told
        self._opened: dict[int, Any] = {}  # by descriptor
        self.openings = 0
        self._is_known = False  # a call is being done of which the tape hears

    # -- where a call leads --------------------------------------------------------------

    def place(self, path: Any) -> str:
        """From the root on; "" for what is none of ours."""
        folder, _, name = os.fsdecode(path).rpartition("/")
        return self._below(os.path.join(os.path.realpath(folder or "."), name))

    def _below(self, real: str) -> str:
        place = os.path.relpath(real, self._root)
        return place if place.split("/")[0] in self._folders else ""

    def place_of(self, fd: int) -> str:
        return self._below(os.readlink(f"/proc/self/fd/{fd}"))

    # -- calls ---------------------------------------------------------------------------

    def do(self, call: Call, real: Callable[[], Any], is_change: bool = True) -> Any:
        self._check(call)
        self._is_known = True
        try:
            result = real()
        finally:
            self._is_known = False
        if is_change:
            self._told(call)
        return result

    def install(self) -> None:
        """Take the place of the calls of `os`, and of firmware/durable.py's files."""
        for name in (*_ON_NAMES, *_ON_LOOKS):
            setattr(os, name, self._on_a_path(name, getattr(os, name), name in _ON_NAMES))
        os.rename, os.fsync = self._renamed(os.rename), self._synced(os.fsync)
        durable._File = self._file_class()  # type: ignore[attr-defined]  only on CPython
        sys.addaudithook(self._audit)

    def _on_a_path(self, name: str, real: Callable[..., Any], is_change: bool) -> Callable[..., Any]:
        def call(path: Any = ".", *rest: Any, **more: Any) -> Any:
            place = "" if isinstance(path, int) or more else self.place(path)
            return self.do(Call(name, place), lambda: real(path, *rest), is_change) if place else real(path, *rest, **more)

        return call

    def _renamed(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def rename(path: Any, to: Any) -> None:
            place = self.place(path)
            return self.do(Call("rename", place, self.place(to)), lambda: real(path, to)) if place else real(path, to)

        return rename

    def _synced(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def fsync(fd: int) -> None:
            if fd in self._opened:
                return self.do(self._opened[fd].call("sync"), lambda: real(fd))
            place = self.place_of(fd)
            return self.do(Call("sync_folder", place), lambda: real(fd)) if place else real(fd)

        return fsync

    def _file_class(self) -> type[io.FileIO]:
        files = self

        class WatchedFile(durable._File):  # type: ignore[name-defined]  only on CPython
            def __init__(self, path: str, mode: str) -> None:
                files.openings += 1
                self._number, self._place = files.openings, files.place(path)
                self._writes = mode != "rb"
                name = "open_read" if not self._writes else "open" if os.path.exists(path) else "make"
                files.do(self.call(name), lambda: super(WatchedFile, self).__init__(path, mode), self._writes)
                if self._writes:
                    files._opened[self.fileno()] = self
                if name == "open" and "w" in mode:
                    files._told(self.call("clear"))

            def call(self, name: str, at: int = 0, data: bytes = b"") -> Call:
                return Call(name, self._place, file=self._number, at=at, data=data)

            def write(self, data: Any) -> int:
                at = os.fstat(self.fileno()).st_size if "a" in self.mode else self.tell()
                call = self.call("write", at, bytes(data))
                files._check(call)
                size = super().write(data)
                files._told(call._replace(data=call.data[:size]))  # a full disk takes a part
                return size

            def readinto(self, buffer: Any) -> int | None:
                return files.do(self.call("read"), lambda: super(WatchedFile, self).readinto(buffer), False)

            def read(self, size: int | None = -1) -> bytes | None:
                return files.do(self.call("read"), lambda: super(WatchedFile, self).read(size), False)

            def truncate(self, size: int | None = None) -> int:
                raise NotImplementedError("no model of a cut knows what it leaves of that")

            def close(self) -> None:
                try:
                    super().close()
                finally:
                    files._opened = {fd: file for fd, file in files._opened.items() if file is not self}

        return WatchedFile

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in _CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if changes and not self._is_known and not isinstance(arguments[0], int) and self.place(arguments[0]):
            raise RuntimeError(f"{event} of {arguments[0]} behind the back of {__name__}")
