# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A UDP socket. The only peer in the world is a time server (RFC 5905), at every address."""

import struct

from sim.device.clock import NEVER_US
from sim.device.waitable import POLLIN, POLLOUT, Waitable

NTP_PORT = 123
EAGAIN, ETIMEDOUT = 11, 110
_1900_TO_1970_S = 2208988800
_CLIENT_MODE = 3
_HEAD = struct.pack(">BBbbII4s", 0x24, 1, 6, -20, 0, 0, b"SIM\0")  # version 4, server; stratum 1


class UdpSocket(Waitable):
    def __init__(self, air):
        self._air, self._clock = air, air.clock
        self._answers = []  # (due_us, bytes, address)
        self._timeout_us = None  # blocking
        self._address = None

    def setblocking(self, flag):
        self._timeout_us = None if flag else 0

    def settimeout(self, seconds):
        self._timeout_us = None if seconds is None else int(seconds * 1_000_000)

    def connect(self, address):
        self._address = address

    def sendto(self, data, address):
        """A question that is no NTP, or to another port, is lost, as datagrams are."""
        self._air.must_be_up()
        left_us = self._air.send(len(data))
        if address[1] == NTP_PORT and len(data) == 48 and data[0] & 7 == _CLIENT_MODE:
            half_us = self._air.latency_us() // 2
            self._answers.append((left_us + 2 * half_us, self._ntp_answer(data, left_us + half_us), address))
        return len(data)

    def send(self, data):
        return self.sendto(data, self._address)

    write = send

    def _ntp_answer(self, request, at_us):
        unix_ms = self._clock.unix_ms(at_us)
        stamp = struct.pack(">II", unix_ms // 1000 + _1900_TO_1970_S & 0xFFFFFFFF, (unix_ms % 1000 << 32) // 1000)
        return _HEAD + stamp + bytes(request[40:48]) + stamp + stamp

    def recvfrom(self, size):
        if self._timeout_us != 0:
            self._block()
        if not self._arrived():
            raise OSError(EAGAIN if self._timeout_us == 0 else ETIMEDOUT)
        _, data, address = self._answers.pop(0)
        return data[:size], address

    def recv(self, size):
        return self.recvfrom(size)[0]

    def read(self, size=1500):
        return self.recv(size) if self._arrived() else None

    def readinto(self, buffer, size=None):
        data = self.read(len(buffer))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def _arrived(self):
        if not self._air.up():
            self._answers = []
        return bool(self._answers) and self._answers[0][0] <= self._clock.now_us

    def _block(self):
        """Until an answer or the time-out."""
        clock = self._clock
        deadline_us = NEVER_US if self._timeout_us is None else clock.now_us + self._timeout_us
        while not self._arrived() and clock.now_us < deadline_us:
            due_us = self._answers[0][0] if self._answers else deadline_us
            clock.advance_to(min(due_us, deadline_us, clock.next_alarm_us()))

    def ready(self, flags):
        return flags & (POLLOUT | (POLLIN if self._arrived() else 0))

    def awaited(self, flags):
        if flags & POLLIN and self._answers:
            self._clock.wake_at(self._answers[0][0])
        return 0

    def close(self):
        self._answers = []
