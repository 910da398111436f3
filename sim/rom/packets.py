# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The loader's packets: a request with its checksum, a reply with its status.

A request is `direction 0, command, length, checksum`, then the body; a reply is `direction 1, command, length, value`,
then data and status. Where a body carries a block, the block follows a header of 16 bytes and the checksum covers it.
"""

import functools
import operator
import struct
from dataclasses import dataclass
from enum import Enum

_HEADER = struct.Struct("<BBHI")
_BLOCK_HEADER = struct.Struct("<IIII")
_SEED = 0xEF


class Status(Enum):
    """Why a request is refused: the two status bytes of the ROM, and of the stub (esptool's tables of both)."""

    INVALID = (b"\x01\x05", b"\xc3\x00")
    CANNOT = (b"\x01\x06", b"\xc6\x00")
    CHECKSUM = (b"\x01\x07", b"\xc1\x00")
    WRITE = (b"\x01\x08", b"\xc4\x00")
    READ = (b"\x01\x09", b"\xc4\x00")
    INFLATE = (b"\x01\x0b", b"\xc7\x00")
    TOO_MUCH = (b"\x01\x06", b"\xc9\x00")


class Refused(Exception):
    """The loader answers with a status other than success."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True)
class Request:
    command: int
    checksum: int
    body: bytes

    @classmethod
    def parse(cls, packet: bytes) -> "Request | None":
        """None for what is no request: a loader ignores it."""
        if len(packet) < _HEADER.size:
            return None
        direction, command, length, checksum = _HEADER.unpack_from(packet)
        body = packet[_HEADER.size :]
        return cls(command, checksum, body) if direction == 0 and length == len(body) else None

    def words(self) -> tuple[int, ...]:
        """The body as 32-bit numbers."""
        return struct.unpack(f"<{len(self.body) // 4}I", self.body)

    def block(self) -> tuple[int, bytes]:
        """Its number and its data. Raises Refused."""
        if len(self.body) < _BLOCK_HEADER.size:
            raise Refused(Status.INVALID)
        length, number, _, _ = _BLOCK_HEADER.unpack_from(self.body)
        data = self.body[_BLOCK_HEADER.size :]
        if length != len(data):
            raise Refused(Status.INVALID)
        if self.checksum != checksum(data):
            raise Refused(Status.CHECKSUM)
        return number, data


@dataclass(frozen=True)
class Reply:
    value: int = 0
    data: bytes = b""

    def packet(self, command: int, status: bytes) -> bytes:
        return _HEADER.pack(1, command, len(self.data) + len(status), self.value) + self.data + status


def checksum(data: bytes) -> int:
    return functools.reduce(operator.xor, data, _SEED)
