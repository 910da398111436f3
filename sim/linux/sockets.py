# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The sockets of sim/device as CPython's: without a route there is no way at all, and an OSError has words, without which it has no
`errno` here."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENETUNREACH
from typing import Any

from sim.device.air import Air
from sim.device.sockets import SocketModule
from sim.device.tcp import TcpSocket
from sim.device.udp import UdpSocket


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.args[0], os.strerror(error.args[0])) from None


class LinuxAir(Air):
    def must_be_up(self) -> None:
        if not self.up():
            raise OSError(ENETUNREACH, os.strerror(ENETUNREACH))


class _Real(socket.socket):
    """It reads as MicroPython's does."""

    def readinto(self, buffer: Any) -> int | None:
        try:
            return self.recv_into(buffer)
        except BlockingIOError:
            return None


class Tcp(TcpSocket):
    """One that never blocks."""

    make_real = _Real

    def __init__(self, air: Air) -> None:
        super().__init__(air)
        self.setblocking(False)

    def connect(self, address: tuple[str, int]) -> None:
        try:
            with in_words():
                super().connect(address)
        except BlockingIOError:
            pass

    def write(self, data: Any) -> int | None:
        with in_words():
            return super().write(data)

    def readinto(self, buffer: Any, size: int | None = None) -> int | None:
        with in_words():
            return super().readinto(buffer, size)


class Udp(UdpSocket):
    def sendto(self, data: Any, address: tuple[str, int]) -> int:
        with in_words():
            return super().sendto(data, address)

    def recv(self, size: int) -> bytes:
        with in_words():
            return super().recv(size)


class Datagrams(SocketModule):
    """The module `socket`, of which the firmware uses nothing but datagrams."""

    def socket(self, family: int = SocketModule.AF_INET, kind: int = SocketModule.SOCK_STREAM, protocol: int = 0) -> Udp:
        if kind != self.SOCK_DGRAM:
            raise NotImplementedError("a socket that is no UDP socket")
        return Udp(self._air)
