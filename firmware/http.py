# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""HTTP/1.1 client: one persistent connection, bounded memory, a time limit on every wait.

    connection = Connection("https://store.example:8334", names, ca_pem)
    reply = await connection.request("PUT", "/bucket/key", headers, body)
    reply.status, reply.headers["etag"], reply.body

A body has `size` and `slices()`, which starts anew at each call and yields memoryviews. A redirect is a reply like
any other: it is for the caller to judge, and nothing is ever sent to where it points.
"""

import asyncio
from errno import ECONNREFUSED, EHOSTUNREACH, ENOMEM, ETIMEDOUT

from firmware import streams
from firmware.compat import const
from firmware.names import NoAddress
from firmware.replies import number, read_reply

CONNECT_S = const(15)
SEND_S = const(20)  # for one slice
TOGETHER_BYTES = const(4096)  # up to here head and body go in one piece: else the second waits until the first is acknowledged
EXPECT_BYTES = const(65536)  # from here on ask before sending: a refusal then costs no upload


class HttpError(Exception):
    """What went wrong: `kind` for programs, `text` in plain words for people."""

    def __init__(self, kind, text, headers=None):
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.headers = headers or {}  # of the reply, if there was one


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
    if scheme not in ("http", "https") or not mark or not host or "/" in rest.rstrip("/") or (colon and number(port) is None):
        raise HttpError("settings", "the store's endpoint must look like https://host:port, not %r" % endpoint)
    return scheme == "https", host, int(port) if port else (443 if scheme == "https" else 80)


class Connection:
    """Requests in turn over one connection, opened when needed and after a loss.

    `names.address(host)` finds addresses. `reply_s` is for a whole reply, and long since a store may think long
    about completing an upload.
    """

    def __init__(self, endpoint, names, ca_pem="", reply_s=60, continue_s=2):
        self._secure, self._host, self._port = split_endpoint(endpoint)
        self.authority = endpoint.partition("://")[2].rstrip("/")
        self._names = names
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
            reply = await self._converse(head, body)
            keep = reply.reusable
        except asyncio.TimeoutError:
            raise HttpError("timeout", "%s did not answer in time" % self.authority) from None
        except streams.Garbled:
            raise HttpError("not_http", "%s does not speak HTTP; check the endpoint's address and port" % self.authority) from None
        except EOFError:
            raise HttpError("lost", "%s closed the connection in the middle of its answer" % self.authority) from None
        except NoAddress as error:
            raise HttpError("dns", "%s; check the endpoint" % error) from None
        except ValueError as error:  # before OSError: in CPython a refused certificate is both
            raise HttpError("tls", self._certificate_words(error)) from None
        except OSError as error:
            raise HttpError(*self._words(error)) from None
        finally:
            if not keep:
                self.close()
        return reply

    async def _open(self):
        """A connection on which nothing has been said yet that belongs to an earlier request."""
        if self._writer is not None and not await self._incoming.is_quiet():
            self.close()
        if self._writer is not None:
            return
        if self._secure and self._context is None:
            self._context = streams.tls_context(self._ca_pem)
        address = await self._names.address(self._host)
        try:
            reader, self._writer = await streams.dial(address, self._port, self._context, self._host, CONNECT_S)
        except (OSError, asyncio.TimeoutError):
            self._names.doubt(self._host)
            raise
        self._incoming = streams.Incoming(reader)

    async def _converse(self, head, body):
        asks = self._asks_first and body.size >= EXPECT_BYTES
        lines = head + (["expect: 100-continue", "", ""] if asks else ["", ""])
        opening = "\r\n".join(lines).encode()
        if body.size <= TOGETHER_BYTES:
            await streams.send(self._writer, memoryview(opening + b"".join([bytes(piece) for piece in body.slices()])), SEND_S)
            return await self._reply()
        await streams.send(self._writer, memoryview(opening), SEND_S)
        if asks and await self._answered():
            reply = await self._reply(or_interim=True)
            if reply.status >= 200:
                reply.reusable = False  # the body that was announced does not follow
                return reply
        for piece in body.slices():
            await streams.send(self._writer, piece, SEND_S)
        return await self._reply()

    async def _answered(self):
        """Whether the peer says anything about the request before its body; some never do."""
        try:
            await asyncio.wait_for(self._incoming.more(), self._continue_s)
        except asyncio.TimeoutError:
            self._asks_first = False  # it never will: do not wait again
        return self._asks_first

    async def _reply(self, or_interim=False):
        return await asyncio.wait_for(read_reply(self._incoming, or_interim), self._reply_s)

    def _certificate_words(self, error):
        why = getattr(error, "verify_message", None) or str(error).strip()
        words = "the certificate of %s was refused: %s; check ca_pem in the store's settings and the clock"
        return words % (self.authority, why) + ", and whether this network wants a login first"

    def _words(self, error):
        """(kind, text) of an OSError."""
        if streams.is_tls_error(error):
            return "tls", "no TLS connection with %s (%s); is its endpoint really https?" % (self.authority, error)
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
