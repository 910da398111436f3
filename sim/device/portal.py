# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What answers every connection in a captive network, whoever was meant: a login page to HTTP, a reset to TLS.

It stands in the place of the real socket, so that a simulated one is none the wiser. A portal of the kind "reset" resets HTTP, too.
"""

from sim.device.waitable import POLLIN, POLLOUT, Waitable

GATEWAY = "10.0.0.1"
ECONNRESET = 104
_HANDSHAKE = 0x16  # the first byte of TLS
_BODY = b"<html><title>Welcome</title>Please log in.</html>"
PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s" % (len(_BODY), _BODY)


class Portal(Waitable):
    def __init__(self, kind):
        self._resets = kind == "reset"
        self._asked = self._answer = b""
        self._over = False  # it has said all it has to say

    def setblocking(self, flag):
        pass

    def send(self, data):
        self._asked = self._asked + bytes(data)
        if self._asked[0] == _HANDSHAKE:
            self._resets = True
        if b"\r\n\r\n" in self._asked and not self._over:
            self._answer, self._over = PAGE, True
        self._asked = self._asked[:1] + self._asked[-3:]  # enough to know what it is, and where a request's head ends
        return len(data)

    def readinto(self, buffer):
        if self._resets and self._asked:
            raise OSError(ECONNRESET)
        if not self._answer and not self._over:
            return None
        answer, self._answer = self._answer, b""  # which is shorter than any buffer
        buffer[: len(answer)] = answer
        return len(answer)

    def ready(self, flags):
        speaks = self._over or (self._resets and self._asked)
        return flags & (POLLOUT | (POLLIN if speaks else 0))
