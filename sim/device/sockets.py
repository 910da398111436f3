# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `socket` module: real sockets on loopback behind a modelled radio link.

Bytes are charged to the virtual clock: writes by bandwidth, the first byte of an answer by latency. While a
real peer is being waited for virtual time stands still, so a trace does not depend on how fast the host was. When
the Wi-Fi window closes every connection dies with ECONNRESET, for the peer too. Loopback only: a
simulated board never talks to another machine.
"""

import errno
import io
import select
import socket as real
import struct
import time

POLL, FILENO, CLOSE = 3, 10, 4
POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16
WINDOW_US = 20_000  # how far ahead of the air the driver takes bytes
MTU = 1460
NTP_PORT = 123
NTP_EPOCH_S = 2208988800  # 1900 to 1970, RFC 5905
PIECE = 16384


class Link:
    """The air: one direction at a time, paced by the joined network's bandwidth."""

    def __init__(self, radio, clock):
        self.radio, self.clock = radio, clock
        self.busy_until_us = 0
        self.sockets = []
        radio.on_down.append(self.drop_all)

    def up(self):
        return self.radio.network is not None

    def charge(self, size):
        """Occupy the air with `size` bytes in whole packets; returns when it is free again."""
        packets = (size + MTU - 1) // MTU
        start_us = max(self.busy_until_us, self.clock.now_us)
        self.busy_until_us = start_us + packets * MTU * 8_000_000 // self.radio.network["bandwidth_bps"]
        return self.busy_until_us

    def latency_us(self):
        return self.radio.network["latency_us"]

    def drop_all(self):
        for sock in list(self.sockets):
            sock.drop()

    # -- virtual time stands still for real peers --------------------------------------

    def expected(self):
        """Whether somebody waits for bytes that only a real peer can give."""
        return any(sock.waits_for_peer() for sock in self.sockets)

    def wait(self, patience_ms):
        """Wait, in real time, until one of those peers does something; give up on those that stay silent."""
        poll, waiting = select.poll(), [sock for sock in self.sockets if sock.waits_for_peer()]
        for sock in waiting:
            poll.register(sock.real, sock.wanted_event())
        if not poll.poll(patience_ms):
            for sock in waiting:
                sock.patient = False


def _refuse_foreign(address):
    if not (address.startswith("127.") or address == "localhost"):
        raise OSError(errno.EHOSTUNREACH if hasattr(errno, "EHOSTUNREACH") else 113)


class Stream(io.IOBase):
    """A TCP socket."""

    def __init__(self, link):
        self._link = link
        self.real = real.socket(real.AF_INET, real.SOCK_STREAM)
        self.real.setblocking(False)
        self.patient = True
        self._alive, self._blocking = False, True
        self._inbox, self._deliver_us = bytearray(), 0
        self._asked = False  # a write happened since the last answer: the next answer costs the latency
        self._wants_read = self._wants_write = False
        self._eof = False
        self._error = 0

    def setblocking(self, flag):
        self._blocking = bool(flag)

    def settimeout(self, seconds):
        self._blocking = seconds is None or seconds > 0

    def setsockopt(self, *_):
        pass

    def connect(self, address):
        if not self._link.up():
            raise OSError(113)  # EHOSTUNREACH
        host, port = address
        _refuse_foreign(host)
        self._link.sockets.append(self)
        self._alive = True
        self._ready_at(self._link.clock.now_us + self._link.latency_us())
        try:
            self.real.connect(real.getaddrinfo("127.0.0.1", port)[0][-1])
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise
        self._writable_us = self._deliver_us
        if self._blocking:
            self._link.clock.advance_to(self._writable_us)
        else:
            raise OSError(errno.EINPROGRESS)

    def _ready_at(self, due_us):
        self._deliver_us = due_us
        self._link.clock.at(due_us, _nothing)

    def drop(self):
        """The link is gone: so is the connection, on both sides at once."""
        if self._alive:
            self._alive, self._error = False, errno.ECONNRESET
            self._forget()

    def _forget(self):
        self._wants_read = self._wants_write = False
        if self in self._link.sockets:
            self._link.sockets.remove(self)
        self.real.close()

    def _check(self):
        if self._error:
            raise OSError(self._error)
        if not self._alive:
            raise OSError(errno.EBADF if hasattr(errno, "EBADF") else 9)

    # -- writing -------------------------------------------------------------------------

    def write(self, data):
        self._check()
        clock = self._link.clock
        if self._blocking:
            return self._write_all(data)
        if clock.now_us < self._writable_us:
            return None
        try:
            sent = self.real.send(data[:PIECE] if len(data) > PIECE else data)
        except OSError as error:
            if error.errno != errno.EAGAIN:
                self._fail(error.errno)
            self._wants_write = True
            return None
        self._sent(sent)
        return sent

    send = write

    def _write_all(self, data):
        self.real.setblocking(True)
        self.real.write(data)
        self.real.setblocking(False)
        self._sent(len(data))
        self._link.clock.advance_to(self._writable_us)
        return len(data)

    def _sent(self, size):
        self._asked, self.patient, self._wants_write = True, True, False
        self._writable_us = self._link.charge(size) - WINDOW_US
        if self._writable_us > self._link.clock.now_us:
            self._link.clock.at(self._writable_us, _nothing)

    def _fail(self, number):
        self._error = number
        self._alive = False
        self._forget()
        raise OSError(number)

    # -- reading ---------------------------------------------------------------------------

    def _fetch(self):
        """Take over what the real peer has sent; it will be delivered when the air has carried it."""
        if self._inbox or self._eof or not self._alive:
            return
        try:
            data = self.real.recv(PIECE)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            self._alive, self._error = False, error.errno
            return self._forget()
        self._eof = not data
        self._inbox = bytearray(data)
        clock = self._link.clock
        due_us = self._link.charge(len(data)) if self._link.up() else clock.now_us
        if self._asked:
            due_us += self._link.latency_us()
            self._asked = False
        self._ready_at(max(due_us, clock.now_us))

    def readinto(self, buffer, size=None):
        if not self._inbox and not self._eof:
            self._check()
        self._fetch()
        if self._error and not self._inbox:
            raise OSError(self._error)
        if self._eof and not self._inbox:
            return 0
        if not self._inbox or self._link.clock.now_us < self._deliver_us:
            self._wants_read = not self._inbox
            if self._blocking:
                return self._wait_and_read(buffer)
            return None
        self._wants_read = False
        n = min(len(buffer), len(self._inbox))
        memoryview(buffer)[:n] = memoryview(self._inbox)[:n]
        self._inbox = self._inbox[n:]
        return n

    def _wait_and_read(self, buffer):
        if self.waits_for_peer():
            self._link.wait(10_000)
            self._fetch()
        self._link.clock.advance_to(self._deliver_us)
        if not self._inbox and not self._eof:
            raise OSError(errno.ETIMEDOUT)
        return self.readinto(buffer)

    def read(self, size=-1):
        buffer = bytearray(size if size >= 0 else PIECE)
        n = self.readinto(buffer)
        return None if n is None else bytes(buffer[:n])

    recv = read

    # -- waiting ---------------------------------------------------------------------------

    def waits_for_peer(self):
        return self._alive and self.patient and (self._wants_write or (self._wants_read and not self._inbox and not self._eof))

    def wanted_event(self):
        return POLLOUT if self._wants_write else POLLIN

    def ioctl(self, operation, argument):
        if operation == POLL:
            return self.ready(argument)
        if operation == CLOSE:
            self.close()
            return 0
        return -22

    def ready(self, flags):
        if self._error or not self._alive:
            return flags & (POLLIN | POLLOUT) | POLLERR
        ready, now_us = 0, self._link.clock.now_us
        if flags & POLLOUT and now_us >= self._writable_us:
            ready |= self._real_writable()
        if flags & POLLIN:
            self._fetch()
            if (self._inbox or self._eof) and now_us >= self._deliver_us:
                ready |= POLLIN
            self._wants_read = not self._inbox and not self._eof
        if self._error:
            ready |= flags & (POLLIN | POLLOUT) | POLLERR
        return ready

    def _real_writable(self):
        poll = select.poll()
        poll.register(self.real, POLLOUT)
        self._wants_write = not poll.poll(0)
        return 0 if self._wants_write else POLLOUT

    def close(self):
        if self._alive:
            self._alive = False
            self._forget()


class Datagram(io.IOBase):
    """A UDP socket. The only peer in the world is a time server, at every address."""

    def __init__(self, link):
        self._link = link
        self._answers = []  # (due_us, bytes, address)
        self._address = None

    def setblocking(self, flag):
        pass

    def settimeout(self, seconds):
        pass

    def connect(self, address):
        self._address = address

    def sendto(self, data, address):
        if not self._link.up():
            raise OSError(113)
        if address[1] == NTP_PORT and len(data) == 48 and data[0] & 7 == 3:  # RFC 5905: mode 3, client
            clock = self._link.clock
            due_us = self._link.charge(len(data)) + 2 * self._link.latency_us()
            self._answers.append((due_us, self._ntp_answer(data, due_us), address))
            clock.at(due_us, _nothing)
        return len(data)

    def send(self, data):
        return self.sendto(data, self._address)

    write = send

    def _ntp_answer(self, request, due_us):
        clock = self._link.clock
        server_us = due_us - self._link.latency_us()
        unix_ms = clock.utc_at_zero_ms + server_us // 1000
        stamp = struct.pack(">II", unix_ms // 1000 + NTP_EPOCH_S, (unix_ms % 1000 << 32) // 1000)
        head = struct.pack(">BBbbII4s", 0x24, 1, 6, -20, 0, 0, b"SIM\0")
        return head + stamp + bytes(request[40:48]) + stamp + stamp

    def _due(self):
        return [a for a in self._answers if a[0] <= self._link.clock.now_us] if self._link.up() else []

    def recvfrom(self, size):
        due = self._due()
        if not due:
            raise OSError(errno.EAGAIN)
        self._answers.remove(due[0])
        return due[0][1][:size], due[0][2]

    def recv(self, size):
        return self.recvfrom(size)[0]

    def read(self, size=-1):
        due = self._due()
        return self.recvfrom(size if size > 0 else 1500)[0] if due else None

    def readinto(self, buffer, size=None):
        data = self.read(len(buffer))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def ioctl(self, operation, argument):
        if operation == POLL:
            return self.ready(argument)
        return 0 if operation == CLOSE else -22

    def ready(self, flags):
        """Which of these poll events are there now."""
        return flags & (POLLOUT | (POLLIN if self._due() else 0))

    def close(self):
        self._answers = []


def _nothing():
    """An alarm that only makes the clock stop there, so that asyncio looks again."""


class SocketModule:
    AF_INET, SOCK_STREAM, SOCK_DGRAM = real.AF_INET, real.SOCK_STREAM, real.SOCK_DGRAM
    SOL_SOCKET, SO_REUSEADDR, IPPROTO_TCP, TCP_NODELAY = 1, 2, 6, 1

    def __init__(self, link):
        self._link = link

    def socket(self, family=2, kind=1, protocol=0):
        return Datagram(self._link) if kind == real.SOCK_DGRAM else Stream(self._link)

    def getaddrinfo(self, host, port, family=0, kind=0, protocol=0, flags=0):
        """Names resolve to loopback; without a link nothing does (EAI_FAIL, as lwIP gives it)."""
        if not self._link.up():
            raise OSError(-202)
        kind = kind or real.SOCK_STREAM
        if kind == real.SOCK_STREAM and port != NTP_PORT:
            _refuse_foreign(host)
        address = host if host.startswith("127.") else "127.0.0.1"
        return [(real.AF_INET, kind, 0, "", (address, port))]
