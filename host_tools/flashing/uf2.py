# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""UF2: flash contents as blocks of 512 bytes that a board's drive takes in any order (github.com/microsoft/uf2).

blocks = parse(path.read_bytes())
data = join([*blocks, *split({0x10180000: image}, family)])
"""

import struct
from collections import Counter
from dataclasses import dataclass

BLOCK_BYTES = 512
PAYLOAD_BYTES = 256
_DATA_BYTES = 476
_MAGIC = (0x0A324655, 0x9E5D5157)
_END = 0x0AB16F30
_HAS_FAMILY = 0x2000
_NOT_FLASH = 0x0001
_BLOCK = struct.Struct(f"<8I{_DATA_BYTES}sI")


class NotUf2(ValueError):
    """These bytes are no UF2."""


@dataclass(frozen=True)
class Block:
    """So much of a flash, for chips of one family. `data` is all that the block holds, of which `size` bytes are written."""

    family: int
    address: int
    size: int
    data: bytes
    flags: int = _HAS_FAMILY

    @property
    def payload(self) -> bytes:
        return self.data[: self.size]


def parse(data: bytes) -> list[Block]:
    """Raises NotUf2."""
    if not data or len(data) % BLOCK_BYTES:
        raise NotUf2(f"{len(data)} bytes are no whole blocks")
    return [_parse(data, at) for at in range(0, len(data), BLOCK_BYTES)]


def _parse(data: bytes, at: int) -> Block:
    *magic, flags, address, size, _number, _count, family, content, end = _BLOCK.unpack_from(data, at)
    if (*magic, end) != (*_MAGIC, _END) or size > _DATA_BYTES or not flags & _HAS_FAMILY or flags & _NOT_FLASH:
        raise NotUf2(f"no block for a flash at byte {at}")
    return Block(family, address, size, content, flags)


def join(blocks: list[Block]) -> bytes:
    """A file of them; a board starts when it has all blocks of its family, so each family is counted by itself."""
    totals, numbers = Counter(block.family for block in blocks), Counter[int]()
    rows: list[bytes] = []
    for block in blocks:
        number = numbers[block.family]
        numbers[block.family] += 1
        head = (*_MAGIC, block.flags, block.address, block.size, number, totals[block.family], block.family)
        rows.append(_BLOCK.pack(*head, block.data.ljust(_DATA_BYTES, b"\0"), _END))
    return b"".join(rows)


def split(parts: dict[int, bytes], family: int) -> list[Block]:
    """Blocks of what is to stand at those addresses; the last of each part is filled up as if erased."""
    return [
        Block(family, address + at, PAYLOAD_BYTES, data[at : at + PAYLOAD_BYTES].ljust(PAYLOAD_BYTES, b"\xff"))
        for address, data in sorted(parts.items())
        for at in range(0, len(data), PAYLOAD_BYTES)
    ]
