# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The card: a folder, on any file system that the system has mounted and mends itself.

Everything goes through the folder as it was when it was opened: should the card be unmounted or another one be mounted there, nothing
is written to what lies below, or to the other one.
"""

import os

from firmware.durable import settle
from hal.linux import system
from hal.linux.card_about import about

ENODEV = 19
NOT_MOUNTED = "no card is mounted at %s; put it in, or mount it"
NO_FOLDER = "the card's folder %s cannot be opened: %s"


class Card:
    def __init__(self, config):
        """`is_mounted`: the folder has to be the root of a file system of its own; else any folder will do, and is made."""
        self._folder, self._is_mounted = config["folder"], config["is_mounted"]
        self._fd = None

    def open(self):
        self.unmount()
        if not (self._is_mounted or os.path.isdir(self._folder)):
            os.makedirs(self._folder)
            settle(os.path.dirname(self._folder))
        try:
            self._fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise OSError(ENODEV, NO_FOLDER % (self._folder, error.strerror)) from None
        if self._is_mounted and not system.is_mount_point(self._fd):
            self.unmount()
            raise OSError(ENODEV, NOT_MOUNTED % self._folder)

    def mount(self, device):
        return "/proc/self/fd/%d" % self._fd

    def unmount(self):
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def about(self):
        return "" if self._fd is None else about(os.fstat(self._fd).st_dev)
