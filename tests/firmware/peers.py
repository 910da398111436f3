# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Scripted peers on loopback, on both interpreters: an HTTP server that plays back what a test wrote down."""

import asyncio
import os


def run(coroutine):
    """Run to the end on a fresh loop; MicroPython keeps one for the whole process otherwise."""
    if hasattr(asyncio, "sleep_ms"):
        asyncio.new_event_loop()
    return asyncio.run(coroutine)


class NoNames:
    """For tests that need no names: an address is its own."""

    async def address(self, host):
        return host

    def doubt(self, host):
        pass


class Request:
    def __init__(self, method, target, headers, body=b""):
        self.method, self.target, self.headers, self.body = method, target, headers, body


def reply(status, body=b"", **headers):
    """The bytes of one answer."""
    lines = ["HTTP/1.1 %d Said" % status, "content-length: %d" % len(body)]
    lines += ["%s: %s" % (name.replace("_", "-"), value) for name, value in headers.items()]
    return "\r\n".join(lines + ["", ""]).encode() + body


class Server:
    """Answers the n-th request with the n-th entry of `script`, and hangs up after the last.

    An entry is bytes to send, a function of the Request that returns them, or one of:
    HANG_UP (close without a word), SILENCE, or a pair: ("early", bytes) refuse before the body, ("mute", bytes) no
    100-continue, ("last", bytes) hang up afterwards, ("late", bytes) when the client has lost patience, ("drops", bytes) over and over.
    """

    HANG_UP, SILENCE = "hang up", "silence"

    def __init__(self, script):
        self.script = list(script)
        self.requests = []
        self.connections = 0
        self.port = 0
        self._server = None
        self._writers = []

    async def __aenter__(self):
        while self._server is None:
            self.port = 20000 + int.from_bytes(os.urandom(2), "little") % 40000
            try:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            except OSError:  # taken: try another
                pass
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._writers:
            await self._close(writer)

    @staticmethod
    async def _close(writer):
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:  # the other side was faster
            pass

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.port

    async def _serve(self, reader, writer):
        self.connections += 1
        self._writers.append(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, EOFError):  # the client hung up
            pass
        if writer in self._writers:
            self._writers.remove(writer)
            await self._close(writer)

    async def _one(self, reader, writer):
        """One exchange; whether the connection goes on."""
        request = await read_head(reader)
        if request is None:
            return False
        self.requests.append(request)
        step = self.script.pop(0) if self.script else self.HANG_UP
        how, step = step if isinstance(step, tuple) else ("", step)
        if how != "early":
            await self._read_body(reader, writer, request, how)
        if callable(step):
            step = step(request)
        if step is self.SILENCE:
            await asyncio.sleep(3600)
        if step is self.HANG_UP:
            return False
        if how == "late":
            await asyncio.sleep(0.03)
        writer.write(step)
        await writer.drain()
        while how == "drops":
            await asyncio.sleep(0.002)
            writer.write(step)
            await writer.drain()
        return how not in ("early", "last")

    async def _read_body(self, reader, writer, request, how):
        if "expect" in request.headers and how != "mute":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
        request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))


async def read_head(reader):
    line = (await reader.readline()).decode().split()
    if not line:
        return None
    headers = {}
    while True:
        name, _, value = (await reader.readline()).decode().strip().partition(": ")
        if not name:
            return Request(line[0], line[1], headers)
        headers[name] = value
