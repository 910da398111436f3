# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Card images for tests, filled by the real MicroPython, as a recorder's card is.

MicroPython's own mkfs makes one FAT, and FAT32 only from 4 GiB on; `format_fat32` makes a small
FAT32 with two FATs and a backup boot sector, which is how cards are sold.
"""

import json
import struct
import subprocess
from pathlib import Path

from sim.world import interpreter

_SCRIPT = """
import json, sys, vfs

class Blocks:
    def __init__(self, path, count):
        self.file, self.count = open(path, "r+b"), count
    def readblocks(self, n, buf):
        self.file.seek(n * 512)
        self.file.readinto(buf)
    def writeblocks(self, n, buf):
        self.file.seek(n * 512)
        self.file.write(buf)
    def ioctl(self, op, arg):
        return {4: self.count, 5: 512}.get(op, 0)

def make_folders(path):
    parts = path.split("/")
    for n in range(1, len(parts)):
        try:
            volume.mkdir("/" + "/".join(parts[:n]))
        except OSError:
            pass

job = json.loads(sys.stdin.readline())
blocks = Blocks(job["image"], job["blocks"])
if job["format"]:
    vfs.VfsFat.mkfs(blocks)
volume = vfs.VfsFat(blocks)
for path, source in job["files"]:
    make_folders(path)
    with volume.open("/" + path, "wb") as out, open(source, "rb") as data:
        while True:
            piece = data.read(65536)
            if not piece:
                break
            out.write(piece)
for path in job["remove"]:
    volume.remove("/" + path)
blocks.file.close()
"""


def format_fat32(image: Path, size_bytes: int) -> None:
    """An empty FAT32 of one-sector clusters with two FATs; at least 34 MiB, or it would be FAT16."""
    reserved, sectors = 32, size_bytes // 512
    fat_sectors = -(-sectors * 4 // 512)
    boot = bytearray(512)
    struct.pack_into("<3s8sHBHBHHBHHHII", boot, 0, b"\xeb\x58\x90", b"DAYLOG  ", 512, 1, reserved, 2, 0, 0, 0xF8, 0, 63, 255, 0, sectors)
    struct.pack_into("<IHHIHH12xBBBI11s8s", boot, 36, fat_sectors, 0, 0, 2, 1, 6, 0x80, 0, 0x29, 1, b"NO NAME    ", b"FAT32   ")
    boot[510:512] = b"\x55\xaa"
    info = bytearray(512)
    struct.pack_into("<I480xIII", info, 0, 0x41615252, 0x61417272, 0xFFFFFFFF, 0xFFFFFFFF)
    info[510:512] = b"\x55\xaa"
    with image.open("wb") as out:
        out.truncate(size_bytes)
        for start in (0, 6):
            out.seek(start * 512)
            out.write(boot + info)
        for fat in range(2):
            out.seek((reserved + fat * fat_sectors) * 512)
            out.write(struct.pack("<III", 0x0FFFFFF8, 0x0FFFFFFF, 0x0FFFFFFF))


def make_image(image: Path, size_bytes: int, files: dict[str, bytes], *, remove: tuple[str, ...] = (), fat32: bool = False) -> Path:
    """Format `image` and write the files; those named in `remove` are deleted again."""
    sources = image.parent / f"{image.name}.sources"
    sources.mkdir(exist_ok=True)
    rows = []
    for number, (path, data) in enumerate(files.items()):
        (sources / str(number)).write_bytes(data)
        rows.append((path, str(sources / str(number))))
    with image.open("wb") as out:
        out.truncate(size_bytes)
    if fat32:
        format_fat32(image, size_bytes)
    job = {"image": str(image), "blocks": size_bytes // 512, "files": rows, "remove": remove, "format": not fat32}
    subprocess.run([interpreter(), "-c", _SCRIPT], input=json.dumps(job) + "\n", text=True, check=True, timeout=120)
    return image


def image_of_folder(image: Path, folder: Path, size_bytes: int = 40 << 20) -> Path:
    """A FAT32 card image that holds what a folder holds."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return make_image(image, size_bytes, files, fat32=True)
