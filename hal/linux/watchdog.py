# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The watchdog is systemd's, which kills a service that has fallen silent (sd_notify(3)). Before that an alarm of our own has the last
call, between two bytecodes of whoever hangs; and where there is no systemd, it ends the process in its place."""

import os
import signal
import socket

LAST_CALL_MS = 5000  # before the end


def _nobody():
    """Has the last call before somebody is named."""


class Watchdog:
    def __init__(self, bite):
        """`bite()` ends the process."""
        self._bite = bite
        self._last_call = _nobody
        self._timeout_ms = 0
        self._has_called = False

    def start(self, timeout_ms, last_call=None):
        self._timeout_ms, self._last_call = timeout_ms, last_call or self._last_call
        signal.signal(signal.SIGALRM, self._on_alarm)
        notify("READY=1\nWATCHDOG_USEC=%d" % (timeout_ms * 1000))
        self.feed()

    def feed(self):
        if self._timeout_ms:
            self._has_called = False
            signal.setitimer(signal.ITIMER_REAL, max(1, self._timeout_ms - LAST_CALL_MS) / 1000)
            notify("WATCHDOG=1")

    def rest(self, duration_ms):
        """Nobody will feed it for so long."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        notify("STATUS=asleep\nWATCHDOG_USEC=%d" % ((duration_ms + self._timeout_ms) * 1000))

    def _on_alarm(self, number, frame):
        if self._has_called:
            return self._bite()
        self._has_called = True
        signal.setitimer(signal.ITIMER_REAL, LAST_CALL_MS / 1000)
        self._last_call()


def notify(text):
    """Tell systemd, if it wants to be told. Does not raise."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as peer:
        try:
            peer.sendto(text.encode(), "\0" + address[1:] if address[0] == "@" else address)
        except OSError:  # it hears of it by our silence
            pass
