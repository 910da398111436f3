# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a command raises, and what the errors of the system mean in words: what happened, what to do."""

import errno


class CommandError(Exception):
    """Said to the person as it is; `hint` is what to do about it."""

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.message = message
        self.hint = hint


class SecretShown(CommandError):
    """A secret was typed where it can be seen: whoever keeps the line forgets it."""


_ENOSPC, _EROFS = 28, 30  # the same numbers everywhere, but MicroPython does not name them

_NO_MEMORY = ("There is not enough memory for this.", "Type reboot, then try again.")

_BY_CODE = {
    errno.ENODEV: ("The card does not answer.", "Take the card out, put it in again, then type reboot."),
    errno.EIO: ("The card reports an error.", "Type status; if it stays, copy the card on a computer and replace it."),
    _ENOSPC: ("The card is full.", "Bring the recorder into Wi-Fi reach: stored segments make room."),
    _EROFS: ("Nothing can be written there: it is read-only.", "Unlock the card, or mount the disk for writing."),
    errno.ENOENT: ("A file is missing on the card.", "Type reboot: the journal is checked at start."),
    errno.ETIMEDOUT: ("The other side does not answer.", "Type status to see the link, then try again."),
    errno.EHOSTUNREACH: ("There is no way to the network.", "Type status to see the link, then try again."),
    errno.ENOMEM: _NO_MEMORY,
}


def in_words(error):
    """Any exception as (what happened, what to do)."""
    if isinstance(error, CommandError):
        return error.message, error.hint
    if isinstance(error, OSError) and error.args and error.args[0] in _BY_CODE:
        return _BY_CODE[error.args[0]]
    if isinstance(error, MemoryError):
        return _NO_MEMORY
    return "The command failed: %r" % (error,), "This is a fault in the firmware; the recording goes on. Please report it."
