# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A peer without sockets, for the many thousand exchanges of property tests; CPython only.

with MemoryPeer(respond) as peer:            # respond(Request) returns bytes, or None to hang up
    peer.cut_sent_at = 700                   # the line is cut when the recorder has sent so many bytes,
    peer.cut_answer_at = 90                  # or when so many have come back
"""

import asyncio
from unittest import mock

from peers import Request

from firmware import streams

NEVER = 1 << 40


class MemoryPeer:
    def __init__(self, respond):
        self.respond = respond
        self.cut_sent_at = self.cut_answer_at = NEVER
        self.sent = self.answered = 0  # bytes, over all connections
        self.is_silent = False  # keeps the line open when it hangs up
        self._patch = mock.patch.object(streams, "dial", self._dial)

    def __enter__(self):
        self._patch.start()
        return self

    def __exit__(self, *_):
        self._patch.stop()

    async def _dial(self, *_):
        reader = asyncio.StreamReader()
        return reader, _Line(self, reader)

    def passed(self, data):
        """What of the bytes a recorder sends arrives; less than all if the line is cut there."""
        before, self.sent = self.sent, self.sent + len(data)
        return data[: self.cut_sent_at - before] if before < self.cut_sent_at <= self.sent else data

    def came_back(self, data):
        before, self.answered = self.answered, self.answered + len(data)
        return data[: self.cut_answer_at - before] if before < self.cut_answer_at <= self.answered else data


class _Line:
    """The writer of one connection, and the peer at its other end."""

    def __init__(self, peer, reader):
        self._peer, self._reader, self._pending = peer, reader, b""
        self._is_open = True
        self.transport = self

    def write(self, data):
        if self._is_open:
            passed = self._peer.passed(data)
            self._pending += passed
            self._serve()
            if len(passed) < len(data) or self._peer.sent == self._peer.cut_sent_at:
                self._cut()

    async def drain(self):
        if not self._is_open:
            raise ConnectionResetError(104, "cut")

    def abort(self):
        self._is_open = False

    def _cut(self):
        if self._is_open and not self._peer.is_silent:
            self._reader.feed_eof()
        self._is_open = False

    def _serve(self):
        while self._is_open and b"\r\n\r\n" in self._pending:
            head, _, rest = self._pending.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            size = int(headers["content-length"])
            if len(rest) < size:
                return
            self._pending = rest[size:]
            self._answer(self._peer.respond(Request(*first.split(" ")[:2], headers, rest[:size])))

    def _answer(self, data):
        if data is None:
            return self._cut()
        back = self._peer.came_back(data)
        self._reader.feed_data(back)
        if len(back) < len(data) or self._peer.answered == self._peer.cut_answer_at:
            self._cut()
