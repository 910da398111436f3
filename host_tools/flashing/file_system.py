# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The littlefs of a board's flash: which of its blocks matter, and what files a board holds.

parts = blocks_in_use(image, offset)         # {offset in flash: bytes}
files = files_in(read, offset, size, lambda path: path == "settings.json")     # read(offset, size) -> bytes
"""

from collections.abc import Callable
from typing import Any

from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError
from littlefs.lfs import LFSConfig

BLOCK_BYTES = 4096
PART_BYTES = 16 * BLOCK_BYTES
_READ_ONLY = -5  # LFS_ERR_IO
_DRIVER: dict[str, Any] = {"read_size": 32, "prog_size": 32, "cache_size": 128, "lookahead_size": 32}  # as MicroPython mounts it

Read = Callable[[int, int], bytes]
Wanted = Callable[[str], bool]


class NoFileSystem(ValueError):
    """There is none, or it is damaged."""


def attached(context: UserContext, size: int) -> LittleFS:
    """A file system of so many bytes, not mounted yet: littlefs insists on the size it was made with."""
    return LittleFS(context, mount=False, block_size=BLOCK_BYTES, block_count=size // BLOCK_BYTES, **_DRIVER)


def files_in(read: Read, offset: int, size: int, wanted: Wanted) -> dict[str, bytes]:
    """Path -> content of the wanted files in that part of a flash; no other is read. Raises NoFileSystem."""
    return _files(_Looking(read, offset), size, wanted)


def blocks_in_use(image: bytes, offset: int) -> dict[int, bytes]:
    """The pieces of an image that anybody looks at who reads all of it, at most PART_BYTES each.

    A directory is two blocks, and the newer one counts: the other must be written as well, though it is empty, or what the flash
    held there before may be taken for newer.
    """
    context = _Looking(lambda at, size: image[at : at + size], 0)
    _files(context, len(image), lambda path: True)
    starts = sorted(block * BLOCK_BYTES for block in context.blocks)
    parts: dict[int, bytearray] = {}
    last, end = 0, -1
    for start in starts:
        if start != end or len(parts[last]) == PART_BYTES:
            last = start
            parts[last] = bytearray()
        end = start + BLOCK_BYTES
        parts[last] += image[start:end]
    return {offset + at: bytes(data) for at, data in parts.items()}


class _Looking(UserContext):
    """Only looks, and remembers where.

    littlefs swallows what is raised in here, and would take an unplugged board for an empty one: `failure` keeps it.
    """

    def __init__(self, read: Read, offset: int) -> None:
        super().__init__(buffer=bytearray())
        self._read, self._offset = read, offset
        self.blocks: set[int] = set()
        self.failure: BaseException | None = None

    def read(self, cfg: LFSConfig, block: int, off: int, size: int) -> bytearray:
        self.blocks.add(block)
        try:
            return bytearray(self._read(self._offset + block * cfg.block_size + off, size) if not self.failure else size)
        except BaseException as error:  # noqa: BLE001  raised again by whoever asked for the files
            self.failure = error
            return bytearray(size)

    def prog(self, cfg: LFSConfig, block: int, off: int, data: bytes) -> int:
        return _READ_ONLY

    def erase(self, cfg: LFSConfig, block: int) -> int:
        return _READ_ONLY


def _files(context: _Looking, size: int, wanted: Wanted) -> dict[str, bytes]:
    fs = attached(context, size)
    found: dict[str, bytes] = {}
    damage: LittleFSError | None = None
    try:
        fs.mount()
        paths = [f"{folder.rstrip('/')}/{name}".lstrip("/") for folder, _, names in fs.walk("/") for name in names]
        found = {path: _content(fs, path) for path in paths if wanted(path)}
    except LittleFSError as error:
        damage = error
    if context.failure:
        raise context.failure
    if damage:
        raise NoFileSystem(str(damage))
    return found


def _content(fs: LittleFS, path: str) -> bytes:
    with fs.open(path, "rb") as file:
        return file.read()
