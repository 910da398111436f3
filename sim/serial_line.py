# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the unix MicroPython writes -> what a board writes on its serial line.

    line = SerialLine()
    line.from_device(b"1\\n")      # b"1\\r\\n"
    line.from_host(b"\\x18")       # tells the line that the host has answered

Two differences. With output processing off, print() ends lines with a bare LF where a board sends CR LF. And
`mpremote mount` speaks binary frames on the same line, which must pass untouched: a frame begins with 0x18 and an
opcode, and lasts until the host writes its reply (the lone 0x18 before it only says that the host listens).
"""

import re
from collections.abc import Iterator

_FRAME = b"\x18"
_CLOSE = 5  # the one opcode without a reply: a descriptor follows, and the frame ends
_BARE_LF = re.compile(rb"(?<!\r)\n")


class SerialLine:
    def __init__(self) -> None:
        self._after_cr = False
        self._opcode_next = False
        self._in_frame = False
        self._left: int | None = None  # bytes until the frame ends; None: until the host replies

    @property
    def in_frame(self) -> bool:
        return self._in_frame

    def from_host(self, data: bytes) -> None:
        """Note what the host writes."""
        if self._in_frame and data != _FRAME:
            self._in_frame = self._opcode_next = False

    def from_device(self, data: bytes) -> bytes:
        """Translate what the interpreter writes."""
        return b"".join(self._parts(data))

    def _parts(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._in_frame:
                part, data = self._frame_part(data)
                yield part
            else:
                text, mark, data = data.partition(_FRAME)
                yield self._text(text) + mark
                if mark:
                    self._in_frame = self._opcode_next = True
                    self._left = None

    def _frame_part(self, data: bytes) -> tuple[bytes, bytes]:
        if self._opcode_next:
            self._opcode_next = False
            self._left = 1 if data[0] == _CLOSE else None
            return data[:1], data[1:]
        if self._left is None:
            return data, b""
        self._in_frame = False
        return data[: self._left], data[self._left :]

    def _text(self, text: bytes) -> bytes:
        if not text:
            return b""
        before = b"\r" if self._after_cr else b""
        self._after_cr = text.endswith(b"\r")
        return _BARE_LF.sub(b"\r\n", before + text)[len(before) :]
