# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `socket` and `ssl` modules of the simulated board."""

import socket as real_socket
import ssl as real_ssl

from sim.device.fence import Fenced
from sim.device.tcp import TcpSocket
from sim.device.udp import UdpSocket
from sim.device.waitable import POLLIN, POLLOUT, Waitable

EAFNOSUPPORT = 97


class SocketModule:
    AF_INET, SOCK_STREAM, SOCK_DGRAM = real_socket.AF_INET, real_socket.SOCK_STREAM, real_socket.SOCK_DGRAM
    SOL_SOCKET, SO_REUSEADDR, IPPROTO_TCP, TCP_NODELAY = 0xFFF, 4, 6, 1

    def __init__(self, air):
        self._air = air

    def socket(self, family=AF_INET, kind=SOCK_STREAM, protocol=0):
        if family != self.AF_INET:
            raise OSError(EAFNOSUPPORT)
        return UdpSocket(self._air) if kind == self.SOCK_DGRAM else TcpSocket(self._air)

    def getaddrinfo(self, host, port, family=0, kind=0, protocol=0, flags=0):
        return [(self.AF_INET, kind or self.SOCK_STREAM, protocol, "", (self._air.resolve(host), port))]


class TlsSocket(Waitable):
    """mbedTLS over a simulated socket, which it hides from the simulation: this tells what it waits for."""

    def __init__(self, tls, carrier):
        self._tls, self._carrier = tls, carrier
        self._more = False  # the last read was filled to the brim: mbedTLS may hold more
        self.setblocking = tls.setblocking

    def read(self, size=-1):
        data = self._tls.read() if size < 0 else self._tls.read(size)
        self._more = data is not None and len(data) == size
        return data

    def readinto(self, buffer):
        count = self._tls.readinto(buffer)
        self._more = count is not None and count == len(buffer)
        return count

    def write(self, data):
        return self._tls.write(data)

    def close(self):
        self._tls.close()

    def ready(self, flags):
        if self._more and flags & POLLIN:
            return POLLIN
        found = self._carrier.ready(self._carried(flags))
        return flags | found if found else 0

    def awaited(self, flags):
        return self._carrier.awaited(self._carried(flags))

    def _carried(self, flags):
        """What the carrier must be ready for: during the handshake a write may wait for bytes to read."""
        return self._carrier.starved if flags & POLLOUT and self._carrier.starved else flags

    def peer(self):
        return self._carrier.peer()

    def give_up(self):
        self._carrier.give_up()


class SslModule(Fenced):
    """`ssl` whose contexts wrap simulated sockets; everything else is the interpreter's own."""

    def __init__(self):
        super().__init__(real_ssl, ("wrap_socket", "tls"))

    class SSLContext(real_ssl.SSLContext):
        def wrap_socket(self, sock, **options):
            return TlsSocket(super().wrap_socket(sock, **options), sock)
