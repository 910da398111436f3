# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""SLIP (RFC 1055): packets on a serial line.

wire = frame(b"\xc0abc")            # b"\xc0\xdb\xdcabc\xc0"
deframer = Deframer()
list(deframer.feed(wire))           # [b"\xc0abc"]
"""

from collections.abc import Iterator

END, ESC = b"\xc0", b"\xdb"
_ESCAPED = {0xDC: END, 0xDD: ESC}
LONGEST = 2 * 0x10000  # of an open frame; what is longer is noise


def frame(payload: bytes) -> bytes:
    return END + payload.replace(ESC, ESC + b"\xdd").replace(END, ESC + b"\xdc") + END


class Deframer:
    """Whole packets out of pieces of a stream. What stands outside frames, and frames with a bad escape, are skipped."""

    def __init__(self) -> None:
        self._open: bytes | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that this piece completes."""
        before, *rest = data.split(END)
        if self._open is not None:
            rest = [self._open + before, *rest]
        *whole, last = rest or [None]
        self._open = None if last is None or len(last) > LONGEST else last
        for packet in whole:
            if packet and (payload := _unescaped(packet)) is not None:
                yield payload


def _unescaped(packet: bytes) -> bytes | None:
    first, *parts = packet.split(ESC)
    if any(part[:1] not in (b"\xdc", b"\xdd") for part in parts):
        return None
    return first + b"".join(_ESCAPED[part[0]] + part[1:] for part in parts)
