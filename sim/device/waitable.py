# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What every simulated stream has in common: it says itself what it is ready for."""

import io

POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16
_POLL, _CLOSE = 3, 4
_EINVAL = 22


class Waitable(io.IOBase):
    """C code (mbedTLS, select.poll) calls `ioctl`, `readinto` and `write`; the simulation calls `ready`."""

    def ready(self, flags):
        """Which of these poll events are there now."""
        raise NotImplementedError

    def awaited(self, flags):
        """Which events of its real peer would help those who want `flags`; 0: only virtual time does."""
        return 0

    def peer(self):
        """The real socket behind, for those that have awaited events."""
        return None

    def give_up(self):
        """The real peer has had its time: from now on virtual time goes on without it."""

    def ioctl(self, operation, argument):
        if operation == _POLL:
            return self.ready(argument)
        if operation == _CLOSE:
            self.close()
            return 0
        return -_EINVAL

    def close(self):
        pass
