# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""HTTP/1.1 client: one persistent connection, bounded memory, a time limit on every wait.

    connection = Connection("https://store.example:8334", ca_pem)
    reply = await connection.request("PUT", "/bucket/key", headers, body)
    reply.status, reply.headers["etag"], reply.body

A body has `size` and `slices()`, which starts anew at each call and yields memoryviews.
"""

import asyncio
from errno import ECONNREFUSED, EHOSTUNREACH, ENOMEM, ETIMEDOUT

from firmware import streams
from firmware.compat import const

CONNECT_S = const(15)
SEND_S = const(20)  # for one slice
EXPECT_BYTES = const(65536)  # from here on ask before sending: a refusal then costs no upload
_HEADERS = const(100)
_BODY = const(65536)


class HttpError(Exception):
    """What went wrong: `kind` for programs, `text` in plain words for people."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind
        self.text = text


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # names in lower case
        self.body = body


class NoBody:
    size = 0

    def slices(self):
        return ()


class BytesBody:
    def __init__(self, data):
        self.size = len(data)
        self._data = data

    def slices(self):
        return (memoryview(self._data),)


def split_endpoint(endpoint):
    """`https://host:8334` as (secure, host, port)."""
    scheme, mark, rest = endpoint.partition("://")
    host, colon, port = rest.rstrip("/").partition(":")
    if scheme not in ("http", "https") or not mark or not host or "/" in rest.rstrip("/") or (colon and not port.isdigit()):
        raise HttpError("settings", "the store's endpoint must look like https://host:port, not %r" % endpoint)
    return scheme == "https", host, int(port) if port else (443 if scheme == "https" else 80)


class Connection:
    """Requests in turn over one connection, opened when needed and after a loss.

    `reply_s` is long since a store may think long about completing an upload.
    """

    def __init__(self, endpoint, ca_pem="", reply_s=60, continue_s=2):
        self._secure, self._host, self._port = split_endpoint(endpoint)
        self.authority = endpoint.partition("://")[2].rstrip("/")
        self._ca_pem = ca_pem
        self._reply_s, self._continue_s = reply_s, continue_s
        self._context = None
        self._writer = None
        self._incoming = None
        self._asks_first = True

    def close(self):
        if self._writer is not None:
            streams.hang_up(self._writer)
            self._writer = self._incoming = None

    async def request(self, method, target, headers, body=None):
        """One exchange. A kept connection that the peer has closed meanwhile is replaced once."""
        body = body or NoBody()
        head = ["%s %s HTTP/1.1" % (method, target)] + ["%s: %s" % pair for pair in headers]
        head.append("content-length: %d" % body.size)
        if self._writer is not None:
            try:
                return await self._exchange(head, body)
            except HttpError as error:
                if error.kind != "lost":
                    raise
        return await self._exchange(head, body)

    async def _exchange(self, head, body):
        """Send and read, and keep the connection only if both ended as they should."""
        keep = False
        try:
            await self._open()
            reply, keep = await self._converse(head, body)
        except asyncio.TimeoutError:
            raise HttpError("timeout", "%s did not answer in time" % self.authority) from None
        except streams.Garbled:
            raise HttpError("not_http", "%s does not speak HTTP; check the endpoint's address and port" % self.authority) from None
        except EOFError:
            raise HttpError("lost", "%s closed the connection in the middle of its answer" % self.authority) from None
        except ValueError as error:  # before OSError: in CPython a refused certificate is both
            raise HttpError("tls", self._certificate_words(error)) from None
        except OSError as error:
            raise HttpError(*self._words(error)) from None
        finally:
            if not keep:
                self.close()
        return reply

    async def _open(self):
        if self._writer is not None:
            return
        if self._secure and self._context is None:
            self._context = streams.tls_context(self._ca_pem)
        options = {"ssl": self._context, "server_hostname": self._host} if self._secure else {}
        reader, self._writer = await asyncio.wait_for(asyncio.open_connection(self._host, self._port, **options), CONNECT_S)
        self._incoming = streams.Incoming(reader, self._reply_s)

    async def _converse(self, head, body):
        """(reply, whether the connection can be used again)."""
        asks = self._asks_first and body.size >= EXPECT_BYTES
        lines = head + (["expect: 100-continue", "", ""] if asks else ["", ""])
        await streams.send(self._writer, memoryview("\r\n".join(lines).encode()), SEND_S)
        if asks and await self._answered():
            status, headers = await self._head()
            if status >= 200:
                return Reply(status, headers, await self._body(status, headers)), False
        for piece in body.slices():
            await streams.send(self._writer, piece, SEND_S)
        status, headers = await self._head()
        while status < 200:
            status, headers = await self._head()
        reply = Reply(status, headers, await self._body(status, headers))
        return reply, headers.get("connection", "").lower() != "close" and len(reply.body) < _BODY

    async def _answered(self):
        """Whether the peer says anything about the request before its body; some never do."""
        try:
            await self._incoming.more(self._continue_s)
        except asyncio.TimeoutError:
            self._asks_first = False  # it never will: do not wait again
        return self._asks_first

    async def _head(self):
        line = await self._incoming.line()
        version, _, rest = line.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
            raise streams.Garbled
        headers = {}
        for _ in range(_HEADERS):
            line = await self._incoming.line()
            if not line:
                return int(rest[:3]), headers
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        raise streams.Garbled

    async def _body(self, status, headers):
        """The body's first 64 KiB: an answer of a store is shorter, a longer one is none."""
        if status < 200 or status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return await self._chunks()
        length = headers.get("content-length", "")
        if length.isdigit():
            return await self._incoming.exactly(min(int(length), _BODY))
        return await self._incoming.rest(_BODY)

    async def _chunks(self):
        body = b""
        while len(body) < _BODY:
            size = await self._chunk_size()
            body += await self._incoming.exactly(min(size, _BODY))
            if await self._incoming.line() or not size:
                break
        return body

    async def _chunk_size(self):
        digits = (await self._incoming.line()).partition(";")[0].strip()
        try:
            return int(digits, 16)
        except ValueError:
            raise streams.Garbled from None

    def _certificate_words(self, error):
        why = getattr(error, "verify_message", None) or str(error).strip()
        return "the certificate of %s was refused: %s; check ca_pem in the store's settings and the clock" % (self.authority, why)

    def _words(self, error):
        """(kind, text) of an OSError; resolvers use small negative numbers, or words."""
        if streams.is_tls_error(error):
            return "tls", "no TLS connection with %s (%s); is its endpoint really https?" % (self.authority, error)
        if isinstance(error.errno, str) or (error.errno or 0) < 0:
            return "dns", "the name %s has no address here; check the endpoint and this network's DNS" % self._host
        kind, words = _CAUSES.get(error.errno, _LOST)
        return kind, words % self.authority


_LOST = ("lost", "the connection to %s was lost")
_NOBODY = ("connect", "nothing answers at %s; is the store up and the port right?")
_CAUSES = {
    ECONNREFUSED: _NOBODY,
    None: _NOBODY,  # CPython: none of several addresses
    EHOSTUNREACH: ("connect", "%s cannot be reached from this network"),
    ETIMEDOUT: ("timeout", "%s did not answer in time"),
    ENOMEM: ("memory", "not enough memory for a connection to %s"),
}
