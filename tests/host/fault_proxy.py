# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Stands between a recorder and its store: passes bytes through, does harm when asked, remembers the requests.

with FaultProxy(info.http_endpoint) as proxy:
    proxy.at_bytes(7_000_000, lambda: store.kill(folder))
    proxy.cut("sent", [100, 70_000], "reset")
    proxy.spoil = lambda number, answer: b"" if number == 3 else answer
    ...
    proxy.requests  # of plain http only; TLS passes through unread
"""

import contextlib
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from host_tools import store

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)")
_NO_LINGER = struct.pack("ii", 1, 0)  # closing then resets
_KILLED_AT_BYTES = 8_000_000
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Request:
    """`status` is 0 while, or if, the store has not answered."""

    method: str
    path: str
    query: dict[str, str]
    status: int = 0


class FaultProxy:
    """`before_connection(number)` is called before the store is asked for a connection, and may take its time;
    `spoil(number, answer)` gives what the recorder gets in the place of an answer: nothing is the end of the connection."""

    def __init__(self, endpoint: str) -> None:
        url = urlsplit(endpoint)
        self._target = ("127.0.0.1", url.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"{url.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[Request] = []
        self.bytes_sent = 0  # by the recorder
        self.before_connection: Callable[[int], None] = lambda number: None
        self.spoil: Callable[[int, bytes], bytes] = lambda number, answer: answer
        self._harm_at, self._harm = -1, lambda: None
        self._cuts: dict[str, list[int]] = {"sent": [], "answered": []}
        self._passed = {"sent": 0, "answered": 0}
        self._how = ""
        self._answers = 0
        self._ends: list[socket.socket] = []

    def at_bytes(self, count: int, harm: Callable[[], object]) -> None:
        """Once, when the recorder has sent so many bytes."""
        self._harm_at, self._harm = count, harm

    def cut(self, way: str, after: list[int], how: str = "close") -> None:
        """End the connection when so many bytes in all were "sent" or "answered", each time once: "close", "reset", or "stall"
        (it stays open, and nothing more passes)."""
        self._cuts[way], self._how = sorted(after), how

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        _shut(*self._ends)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed
            for number in range(1, 1_000_000):
                recorder, _ = self._listener.accept()
                self.before_connection(number)
                self._join(recorder)

    def _join(self, recorder: socket.socket) -> None:
        try:
            upstream = socket.create_connection(self._target)
        except OSError:
            return recorder.close()
        self._ends += [recorder, upstream]
        log = _Log(self.requests)
        for arguments in (("sent", recorder, upstream, log), ("answered", upstream, recorder, log)):
            threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, way: str, source: socket.socket, sink: socket.socket, log: "_Log") -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                data = self._watched(way, data, log)
                passed = self._passes(way, data)
                sink.sendall(passed)
                if not data or len(passed) < len(data):
                    return self._end(source, sink)
        _shut(source, sink)

    def _watched(self, way: str, data: bytes, log: "_Log") -> bytes:
        if way == "sent":
            log.sent(data)
            self._count(data)
            return data
        log.answered(data)
        self._answers += 1
        return self.spoil(self._answers, data)

    def _passes(self, way: str, data: bytes) -> bytes:
        """What goes on; less than there is if the connection ends here."""
        before = self._passed[way]
        self._passed[way] += len(data)
        if self._cuts[way] and self._passed[way] > self._cuts[way][0]:
            return data[: max(0, self._cuts[way].pop(0) - before)]
        return data

    def _end(self, *ends: socket.socket) -> None:
        if self._how == "reset":
            for each in ends:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                each.shutdown(socket.SHUT_RD)  # wakes the other pump, which would keep it open
                each.close()
        elif self._how != "stall":
            _shut(*ends)

    def _count(self, data: bytes) -> None:
        before, self.bytes_sent = self.bytes_sent, self.bytes_sent + len(data)
        if before < self._harm_at <= self.bytes_sent:
            self._harm()


class DyingStore(FaultProxy):
    """The store is killed when it was sent 8 MB, and comes back after three connections that nobody takes."""

    def __init__(self, info: store.StoreInfo) -> None:
        super().__init__(info.http_endpoint)
        self._folder = info.folder
        self.refused: list[int] = []
        self.before_connection = self._come_back
        self.at_bytes(_KILLED_AT_BYTES, lambda: store.kill(self._folder))

    def _come_back(self, number: int) -> None:
        if self.bytes_sent > _KILLED_AT_BYTES and len(self.refused) < 3:
            self.refused.append(number)
            if len(self.refused) == 3:
                store.up(self._folder)


def _shut(*ends: socket.socket) -> None:
    for each in ends:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class _Log:
    """The requests of one connection, in the order of their answers."""

    def __init__(self, requests: list[Request]) -> None:
        self._all, self._open = requests, []
        self._buffer, self._body_left = b"", 0

    def sent(self, data: bytes) -> None:
        while data:
            skipped = min(self._body_left, len(data))
            self._body_left -= skipped
            head, end, rest = (self._buffer + data[skipped:]).partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            self._buffer, data = b"", rest
            self._begin(head)

    def _begin(self, head: bytes) -> None:
        method, _, rest = head.decode("latin-1").partition(" ")
        url = urlsplit(rest.partition(" ")[0])
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        request = Request(method, url.path, query)
        self._all.append(request)
        self._open.append(request)
        length = _LENGTH.search(head)
        self._body_left = int(length[1]) if length else 0

    def answered(self, data: bytes) -> None:
        for status in _STATUS.findall(data):
            if self._open:
                self._open.pop(0).status = int(status)


def assert_no_part_twice(proxy: FaultProxy) -> None:
    """What arrived at the store: every part was accepted once, though an upload was broken off and taken up again."""
    parts = [request for request in proxy.requests if "partNumber" in request.query]
    accepted = Counter((request.path, request.query["partNumber"]) for request in parts if request.status == 200)
    assert len(accepted) >= 3 and set(accepted.values()) == {1}, proxy.requests
    assert {request.status for request in parts} == {0, 200}, "one was broken off; a store that dies may take, and lose, the next try too"
    uploads = {request.query["uploadId"] for request in parts if request.path == parts[0].path}
    assert len(uploads) == 1, "the upload was taken up again, not begun anew"
    assert [r.status for r in proxy.requests if r.method == "GET" and r.query.get("uploadId") in uploads], "ListParts was asked"
