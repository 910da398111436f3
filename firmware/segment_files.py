# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where segments are on a card: daylog/<boot>/<segment // 64>/<segment>.mcap.

Names never depend on the clock, and folders stay small, for FAT searches them from their beginning.
"""

import os

from firmware.compat import const
from firmware.durable import settle
from firmware.files import exists, make_folder, numbers_in

PER_FOLDER = const(64)


class SegmentFiles:
    def __init__(self, root):
        self._root = root

    def _boot_folder(self, boot):
        return "%s/%06d" % (self._root, boot)

    def _folder(self, boot, group):
        return "%s/%03d" % (self._boot_folder(boot), group)

    def path(self, boot, segment):
        return "%s/%06d.mcap" % (self._folder(boot, segment // PER_FOLDER), segment)

    def boots(self):
        return numbers_in(self._root)

    def all(self):
        """Yield (boot, segment) of every file there is."""
        for boot in self.boots():
            for group in numbers_in(self._boot_folder(boot)):
                for segment in numbers_in(self._folder(boot, group), ".mcap"):
                    yield boot, segment

    def make_folders(self, boot, segment):
        folder = self._folder(boot, segment // PER_FOLDER)
        if not exists(folder):  # one look at the card, for nearly every segment: frames wait for it
            make_folder(self._boot_folder(boot))
            make_folder(folder)

    def remove(self, boot, segment):
        """Remove a file for good, if it is there."""
        path = self.path(boot, segment)
        if exists(path):
            os.remove(path)
            settle(self._folder(boot, segment // PER_FOLDER))

    def remove_folders(self, boot, segment):
        """Remove the folders of a segment that are empty now."""
        try:
            os.rmdir(self._folder(boot, segment // PER_FOLDER))
            os.rmdir(self._boot_folder(boot))
        except OSError:  # there is more in it, or it is gone already
            pass
