# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""TCP and TLS streams where the two interpreters differ: sending without copies, hanging up, certificates.

Failures are OSError (EOFError for an end in the middle), `asyncio.TimeoutError`, and ValueError
for a certificate that was refused; MicroPython shakes hands at the first send.
"""

import asyncio
import binascii
import ssl

from firmware.compat import const, sleep_ms

LONGEST_LINE = const(4096)
_READ_BYTES = const(2048)

if hasattr(asyncio, "sleep_ms"):  # MicroPython's Stream

    async def send(writer, view, limit_s):
        """Send all of `view`, which may be reused afterwards, and let other tasks run."""
        sent = writer.s.write(view) or 0
        if sent == len(view):
            return await sleep_ms(0)
        # Stream.write would copy the rest; drain walks whatever lies in out_buf.
        writer.out_buf = view[sent:]
        await asyncio.wait_for(writer.drain(), limit_s)

    def hang_up(writer):
        """Let go of the connection at once, whatever is under way."""
        writer.s.close()

    async def unasked(reader):
        """What has come without being waited for; b"" if the peer has hung up, None if nothing has."""
        return reader.s.read(1)

else:

    async def send(writer, view, limit_s):
        """Send all of `view`, which may be reused afterwards, and let other tasks run."""
        writer.write(bytes(view))  # the transport keeps what it was given until it is sent
        await asyncio.wait_for(writer.drain(), limit_s)

    def hang_up(writer):
        """Let go of the connection at once, whatever is under way."""
        writer.transport.abort()

    async def unasked(reader):
        """What has come without being waited for; b"" if the peer has hung up, None if nothing has."""
        await sleep_ms(0)  # lets the transport hand over what the system holds
        reading = reader.read(1)
        try:
            reading.send(None)  # runs it until it would have to wait
        except StopIteration as read:
            return read.value
        reading.close()
        return None


class Garbled(Exception):
    """The peer does not speak the protocol."""


class Incoming:
    """Lines and bytes of a peer that may be slow, silent or endless; a wait that is given up loses none."""

    def __init__(self, reader):
        self._reader = reader
        self._waiting = b""

    async def is_quiet(self):
        """Whether the peer still listens and has said nothing that was not asked for."""
        try:
            return not self._waiting and await unasked(self._reader) is None
        except OSError:
            return False

    async def rest(self, longest):
        """Everything until the peer hangs up, or its first `longest` bytes."""
        try:
            while len(self._waiting) < longest:
                await self.more()
        except EOFError:
            pass
        return self._take(longest)

    async def more(self):
        """Wait for bytes."""
        data = await self._reader.read(_READ_BYTES)
        if not data:
            raise EOFError
        self._waiting += data

    async def line(self):
        """One line of text without its end."""
        while b"\n" not in self._waiting:
            if len(self._waiting) > LONGEST_LINE:
                raise Garbled
            await self.more()
        try:
            return self._take(self._waiting.find(b"\n") + 1).rstrip(b"\r\n").decode()
        except UnicodeError:
            raise Garbled from None

    async def exactly(self, size):
        while len(self._waiting) < size:
            await self.more()
        return self._take(size)

    def _take(self, size):
        data = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return data


async def dial(address, port, context, host, limit_s):
    """(reader, writer) of a new connection; `host` is the name that a certificate must bear."""
    options = {"ssl": context, "server_hostname": host} if context else {}
    return await asyncio.wait_for(asyncio.open_connection(address, port, **options), limit_s)


def is_tls_error(error):
    """Whether an OSError comes from TLS; the numbers of mbedTLS are negative."""
    if hasattr(ssl, "SSLError"):
        return isinstance(error, ssl.SSLError)
    return isinstance(error.errno, int) and error.errno < 0


def certificates(pem):
    """The DER bytes of each certificate in a PEM text; MicroPython's TLS may lack a PEM reader."""
    blocks = pem.split("-----BEGIN CERTIFICATE-----")[1:]
    return [binascii.a2b_base64(block.split("-----END")[0].replace("\n", "").replace("\r", "")) for block in blocks]


def tls_context(ca_pem):
    """A context that accepts only what these authorities signed. ValueError if there is none to trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    trusted = certificates(ca_pem)
    for der in trusted:
        context.load_verify_locations(cadata=der)
    if not trusted and hasattr(context, "load_default_certs"):
        context.load_default_certs()
    elif not trusted:
        raise ValueError("this recorder was given no certificate authority to trust")
    return context
