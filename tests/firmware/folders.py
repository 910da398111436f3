# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A folder for a test, on both interpreters; MicroPython has no tempfile."""

import os

try:
    from tempfile import gettempdir
except ImportError:

    def gettempdir():
        return "/tmp"


class Folder:
    """Made in setUp, removed with all it holds in tearDown."""

    made = 0

    def __init__(self):
        Folder.made += 1
        self.path = "%s/daylog-test-%d-%d" % (gettempdir(), id(self), Folder.made)
        os.mkdir(self.path)

    def remove(self):
        remove_tree(self.path)


def remove_tree(path):
    for name in os.listdir(path):
        child = path + "/" + name
        if os.stat(child)[0] & 0x4000:
            remove_tree(child)
        else:
            os.remove(child)
    os.rmdir(path)
