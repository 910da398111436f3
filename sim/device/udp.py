# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A UDP socket. The peers in the world are a time server (RFC 5905) and a name server (RFC 1035), at every address."""

import struct

from sim.device.clock import NEVER_US
from sim.device.waitable import POLLIN, POLLOUT, Waitable

NTP_PORT, DNS_PORT = 123, 53
EAGAIN, ETIMEDOUT = 11, 110
TTL_S = 60
_1900_TO_1970_S = 2208988800
_CLIENT_MODE = 3
_NTP_HEAD = struct.pack(">BBbbII4s", 0x24, 1, 6, -20, 0, 0, b"SIM\0")  # version 4, server; stratum 1


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
        """A question that nobody understands is lost, as any datagram may be."""
        self._air.must_be_up()
        left_us, half_us = self._air.send(len(data)), self._air.latency_us() // 2
        answer = b"" if self._air.loses() else self._answer_to(bytes(data), address[1], left_us + half_us)
        if answer:
            self._answers.append((left_us + 2 * half_us, answer, address))
        return len(data)

    def _answer_to(self, data, port, at_us):
        if port == NTP_PORT and len(data) == 48 and data[0] & 7 == _CLIENT_MODE and self._air.ntp_error_ms() is not None:
            return self._ntp_answer(data, at_us)
        if port == DNS_PORT and len(data) > 12 and self._air.names_work():
            return self._dns_answer(data)
        return b""

    def send(self, data):
        return self.sendto(data, self._address)

    write = send

    def _ntp_answer(self, request, at_us):
        unix_ms = self._clock.unix_ms(at_us) + self._air.ntp_error_ms()
        stamp = struct.pack(">II", unix_ms // 1000 + _1900_TO_1970_S & 0xFFFFFFFF, (unix_ms % 1000 << 32) // 1000)
        return _NTP_HEAD + stamp + bytes(request[40:48]) + stamp + stamp

    def _dns_answer(self, request):
        address = self._air.address_of(_name_in(request))
        if not address:
            return request[:2] + b"\x81\x83" + request[4:]  # no such name
        record = b"\xc0\x0c\x00\x01\x00\x01" + struct.pack(">IH", TTL_S, 4) + bytes(int(part) for part in address.split("."))
        return request[:2] + b"\x81\x80\x00\x01\x00\x01" + request[8:] + record

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


def _name_in(request):
    labels, at = [], 12
    while request[at]:
        labels.append(request[at + 1 : at + 1 + request[at]].decode())
        at += 1 + request[at]
    return ".".join(labels)
