# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The console of a recorder on this computer: a Unix socket that is used like a serial port."""

import array
import fcntl
import socket
import termios

import serial

SCHEME = "unix://"


class UnixPort:
    """Raises OSError if nobody listens there, SerialException when he has gone."""

    def __init__(self, port: str, timeout_s: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(port.removeprefix(SCHEME))
        self._socket.settimeout(timeout_s)

    @property
    def in_waiting(self) -> int:
        size = array.array("i", [0])
        fcntl.ioctl(self._socket, termios.FIONREAD, size)
        return size[0]

    def read(self, size: int = 1, /) -> bytes:
        try:
            data = self._socket.recv(size)
        except TimeoutError:
            return b""
        if not data:
            raise serial.SerialException("the recorder has ended")
        return data

    def write(self, data: bytes, /) -> int:
        self._socket.sendall(data)
        return len(data)

    def close(self) -> None:
        self._socket.close()
