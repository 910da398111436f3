# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A TCP socket: a real one on loopback, behind the modelled air.

While a real peer is being waited for virtual time stands still; its answer is there one round trip after the
last byte was sent. When the Wi-Fi goes, the connection dies with ECONNRESET, for the peer too.
"""

import select
import socket as real

from sim.device.air import WINDOW_US
from sim.device.waitable import POLLERR, POLLIN, POLLOUT, Waitable

PIECE = 16384  # most that is taken at once
_taken = memoryview(bytearray(PIECE))  # made with the simulation: on a board the network's stack has memory of its own
STUCK_MS = 10_000  # how long a real peer may leave its receive buffer full
EBADF, EAGAIN, EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, EINPROGRESS = 9, 11, 32, 104, 110, 113, 115


class TcpSocket(Waitable):
    make_real = real.socket

    def __init__(self, air):
        self._air, self._clock = air, air.clock
        self._real = self.make_real(real.AF_INET, real.SOCK_STREAM)
        self._timeout_us = None  # blocking
        self._open = False
        self._error = 0
        self._ready_us = self._writable_us = self._answer_us = 0
        self._inbox, self._eof = bytearray(), False
        self._patient = True
        self.starved = 0  # the event that the last call lacked, if it had to say "nothing now"

    # -- opening and closing -----------------------------------------------------------------

    def connect(self, address):
        host, port = address
        self._air.must_be_up()
        portal = self._air.portal()
        if not portal and not host.startswith("127."):
            raise OSError(EHOSTUNREACH)  # a simulated board never talks to another machine
        self._ready_us = self._writable_us = self._answer_us = self._clock.now_us + self._air.latency_us()
        self._reach(host, port, portal)
        self._real.setblocking(False)
        self._open = True
        self._air.join(self)
        if self._timeout_us == 0:
            raise OSError(EINPROGRESS)
        self._clock.advance_to(self._ready_us)
        self._check()

    def _reach(self, host, port, portal):
        """Loopback answers at once, one way or the other."""
        if portal:
            self._real.close()
            self._real = portal
            return
        try:
            self._real.connect(real.getaddrinfo(host, port)[0][-1])
        except OSError as error:
            self._error = error.errno

    def drop(self):
        """The link is gone, and so is the connection."""
        self._error = self._error or ECONNRESET
        self._inbox, self._ready_us = bytearray(), 0
        self.close()

    def close(self):
        if self._open:
            self._open = False
            self._answer_us = 0  # nothing is under way any more: who waits for it hears so at once
            self._air.leave(self)
            self._real.close()

    def _check(self):
        if self._error and self._clock.now_us >= self._ready_us:
            self.close()
            raise OSError(self._error)
        if not self._open:
            raise OSError(EBADF)

    def _fail(self, number):
        self._error, self._ready_us = ECONNRESET if number == EPIPE else number, 0  # lwIP knows no EPIPE
        self.close()

    def setblocking(self, flag):
        self._timeout_us = None if flag else 0

    def settimeout(self, seconds):
        self._timeout_us = None if seconds is None else int(seconds * 1_000_000)

    def setsockopt(self, level, option, value):
        pass

    # -- writing ---------------------------------------------------------------------------

    def write(self, data):
        """Take what the window allows; None if that is nothing now."""
        self._check()
        if self._clock.now_us < self._writable_us:
            if self._timeout_us == 0:
                self.starved = POLLOUT
                return None
            self._clock.advance_to(self._writable_us)
        taken = self._give(memoryview(data)[:PIECE])
        self.starved = 0 if taken else POLLOUT
        if taken:
            left_us = self._air.send(taken)
            self._writable_us, self._answer_us = left_us - WINDOW_US, left_us + self._air.latency_us()
        return taken or None

    send = write

    def sendall(self, data):
        view = memoryview(data)
        while view:
            view = view[self.write(view) or 0 :]

    def _give(self, view):
        """Hand all of it to the real peer, however long that takes: how much it takes at once is the host's affair."""
        given = 0
        while given < len(view):
            try:
                given += self._real.send(view[given:])
            except OSError as error:
                if error.errno != EAGAIN:
                    self._fail(error.errno)
                    self._check()
                if not _waits(self._real, POLLOUT, STUCK_MS if self._patient and not self._clock.realtime else 0):
                    self.give_up()
                    return given
        self._patient = True
        return given

    # -- reading ---------------------------------------------------------------------------

    def readinto(self, buffer, size=None):
        """0 at the end, None if there is nothing yet."""
        if self._clock.now_us >= self._answer_us:
            if not self._inbox:
                self._fetch()
            if self._inbox or (self._eof and self._open):
                return self._deliver(buffer)
            self._check()
        if self._timeout_us == 0:
            self.starved = POLLIN
            return None
        self._block()
        return self.readinto(buffer)

    def _deliver(self, buffer):
        count = min(len(buffer), len(self._inbox))
        memoryview(buffer)[:count] = memoryview(self._inbox)[:count]
        self._inbox = self._inbox[count:]
        self.starved = 0
        return count

    def _block(self):
        """Until there is something to read. OSError on time-out."""
        if self._clock.now_us < self._answer_us:
            return self._clock.advance_to(self._answer_us)
        if not _waits(self._real, POLLIN, STUCK_MS):
            self._clock.advance_us(self._timeout_us or 0)
            raise OSError(ETIMEDOUT)

    def read(self, size=-1):
        buffer = bytearray(size if size >= 0 else PIECE)
        count = self.readinto(buffer)
        return None if count is None else bytes(memoryview(buffer)[:count])

    recv = read

    def _fetch(self):
        """Take over all the real peer has sent so far."""
        while self._open and not self._error and not self._eof and len(self._inbox) < PIECE:
            try:
                size = self._real.readinto(_taken)
            except OSError as error:
                self._fail(error.args[0])
                return
            if size is None:
                return
            self._eof = not size
            self._inbox.extend(_taken[:size])
            self._patient = True
            self._air.receive(size)

    # -- waiting ---------------------------------------------------------------------------

    def ready(self, flags):
        now_us, found = self._clock.now_us, 0
        if now_us < self._ready_us:
            return 0
        if flags & POLLIN and now_us >= self._answer_us:
            if not self._inbox:
                self._fetch()
            if self._inbox or self._eof:
                found = POLLIN
        if self._error or not self._open:
            return found or flags & (POLLIN | POLLOUT) | POLLERR
        if flags & POLLOUT and now_us >= self._writable_us and (self._patient or _waits(self._real, POLLOUT, 0)):
            found |= POLLOUT
        return found

    def awaited(self, flags):
        """An answer is not awaited before it can be there: until then virtual time goes on."""
        now_us = self._clock.now_us
        if flags & POLLOUT and now_us < self._writable_us:
            self._clock.wake_at(self._writable_us)
        if not flags & POLLIN or not self._open or self._error:
            return 0
        if now_us < self._answer_us:
            self._clock.wake_at(self._answer_us)
            return 0
        return POLLIN if self._patient and not self._inbox and not self._eof else 0

    def peer(self):
        return self._real

    def give_up(self):
        self._patient = False


def _waits(sock, event, timeout_ms):
    poll = select.poll()
    poll.register(sock, event)
    return bool(poll.poll(timeout_ms))
