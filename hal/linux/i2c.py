# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A bus of /dev/i2c-N that looks like a `machine.I2C`, as far as hal/drivers use one: messages without a stop between (I2C_RDWR)."""

import ctypes
import fcntl
import os

_RDWR = 0x0707
_READ = 1


class _Message(ctypes.Structure):
    _fields_ = [("address", ctypes.c_uint16), ("flags", ctypes.c_uint16), ("length", ctypes.c_uint16), ("data", ctypes.c_void_p)]


class _Messages(ctypes.Structure):
    _fields_ = [("messages", ctypes.POINTER(_Message)), ("count", ctypes.c_uint32)]


class I2c:
    def __init__(self, number):
        self._fd = os.open("/dev/i2c-%d" % number, os.O_RDWR)

    def writeto_mem(self, address, register, data):
        self._transfer(address, (0, bytearray([register]) + data))

    def readfrom_mem_into(self, address, register, buffer):
        self._transfer(address, (0, bytearray([register])), (_READ, buffer))

    def _transfer(self, address, *parts):
        """`parts`: flags and bytes of each message."""
        buffers = [(ctypes.c_uint8 * len(data)).from_buffer(data) for _, data in parts]
        rows = [_Message(address, flags, len(data), ctypes.addressof(lent)) for (flags, data), lent in zip(parts, buffers)]
        fcntl.ioctl(self._fd, _RDWR, _Messages((_Message * len(rows))(*rows), len(rows)))
