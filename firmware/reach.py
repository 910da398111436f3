# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How far the chunks of a segment really reach: a folder's entry that a cut has torn may give its file too few bytes.

    end = reach(file, end, boot, segment)

FAT says the size of a file in its folder, and which clusters it has elsewhere, so what lies behind the end can be had back. A seek
behind it in a file that is open for writing lengthens the file by the clusters it has, as they are, and then by free ones,
in which chunks of removed segments may lie: only what says to be of this segment and this place counts.
"""

import binascii
import struct

from firmware.chunk import IDENTITY_BYTES, IDENTITY_FORMAT, IDENTITY_MAGIC
from firmware.mcap import SECTOR, padding_bytes


def reach(file, end, boot, segment):
    """Where the last of the chunks ends that follow each other from `end` on; what they hold is for others to check.

    The file is then at least one sector longer than that, which whoever closes the segment writes over.
    """
    while True:
        length = _chunk_bytes(file, end, boot, segment)
        if not length:
            return end
        end += length


def _chunk_bytes(file, at, boot, segment):
    """Of a chunk with its identity and padding; 0 if none of this segment begins here."""
    file.seek(at + SECTOR)
    file.seek(at)
    content = file.read(IDENTITY_BYTES)[9:]
    if len(content) < IDENTITY_BYTES - 9 or struct.unpack("<I", content[-4:])[0] != binascii.crc32(content[:-4]):
        return 0
    magic, _, _, _, its_boot, its_segment, _, offset, following = struct.unpack(IDENTITY_FORMAT, content[:-4])
    if (magic, its_boot, its_segment, offset) != (IDENTITY_MAGIC, boot, segment, at):
        return 0
    file.seek(at + IDENTITY_BYTES + following - 1)
    if not file.read(1):  # other file systems than FAT have nothing behind the end of a file
        return 0
    return IDENTITY_BYTES + following + padding_bytes(at + IDENTITY_BYTES + following)
