# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One HTTP/1.1 reply, from a peer that may send anything.

What is no reply raises Garbled, what ends too early EOFError, and nothing takes more memory than HEAD_BYTES and
BODY_BYTES. How long the peer may take is for the caller to say.
"""

from firmware.compat import const
from firmware.streams import Garbled

HEAD_BYTES = const(16384)
BODY_BYTES = const(16384)  # a store's answer to us is shorter; of a longer one nobody needs the rest
_DIGITS = "0123456789abcdef"
_LONGEST_NUMBER = const(12)
_LINE_COST = const(32)  # what a header takes beside its characters


class Reply:
    """`reusable`: the connection stands where the next reply will begin."""

    def __init__(self, status, headers, body, reusable):
        self.status = status
        self.headers = headers  # names in lower case
        self.body = body
        self.reusable = reusable and "close" not in headers.get("connection", "").lower()


def number(text, base=10):
    """Of digits only, or None: int() also takes signs, blanks, underscores and the digits of other scripts."""
    known = _DIGITS[:base]
    if not text or len(text) > _LONGEST_NUMBER or not all(character in known for character in text.lower()):
        return None
    return int(text, base)


async def read_reply(incoming, or_interim=False):
    """The next final reply; with `or_interim` also a 1xx."""
    while True:
        status = await _status(incoming)
        headers = await _headers(incoming)
        if status >= 200:
            return Reply(status, headers, *await _body(incoming, status, headers))
        if or_interim:
            return Reply(status, headers, b"", True)


async def _status(incoming):
    version, _, rest = (await incoming.line()).partition(" ")
    status = number(rest[:3])
    if not version.startswith("HTTP/1.") or status is None or status < 100:
        raise Garbled
    return status


async def _headers(incoming):
    headers, room = {}, HEAD_BYTES
    while True:
        line = await incoming.line()
        if not line:
            return headers
        name, colon, value = line.partition(":")
        room -= len(line) + _LINE_COST
        if not colon or room < 0:
            raise Garbled
        headers[name.lower()] = value.strip()


async def _body(incoming, status, headers):
    """(the body's first bytes, whether that was all of it)."""
    if status in (204, 304):
        return b"", True
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked":
            raise Garbled
        return await _chunks(incoming)
    if "content-length" in headers:
        size = number(headers["content-length"])
        if size is None:
            raise Garbled
        return await incoming.exactly(min(size, BODY_BYTES)), size <= BODY_BYTES
    return await incoming.rest(BODY_BYTES), False


async def _chunks(incoming):
    body = bytearray()
    while True:
        size = number((await incoming.line()).partition(";")[0].strip(), 16)
        if size is None:
            raise Garbled
        if size == 0:
            await _headers(incoming)  # those that may follow the last chunk
            return bytes(body), True
        body += await incoming.exactly(min(size, BODY_BYTES - len(body)))
        if len(body) == BODY_BYTES:
            return bytes(body), False
        if await incoming.line():
            raise Garbled
