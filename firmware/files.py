# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Small questions to a file system, the same on both interpreters."""

import os

from firmware.compat import const
from firmware.durable import settle

_MOST_DIGITS = const(9)  # more is no number of ours, and would not fit the index
_ENOENT, _ENOTDIR = const(2), const(20)
_IS_FOLDER = const(0x4000)


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def make_folder(path):
    if not exists(path):
        os.mkdir(path)
        settle(path.rpartition("/")[0])


def usable_folder(path):
    """Make a folder. Where the card cannot read the one there is, take another beside it; returns which."""
    for _ in range(3):
        if _is_readable(path):
            break
        path += "_"
    make_folder(path)
    return path


def _is_readable(folder):
    """Whether it can be searched to its end, or does not exist. A cut may have left a file of this name."""
    if exists(folder) and not os.stat(folder)[0] & _IS_FOLDER:
        return False
    try:
        os.stat(folder + "/0")
    except OSError as error:
        return error.errno == _ENOENT
    return True


def numbers_in(folder, suffix=""):
    """Sorted numbers that entries of a folder have for their name, before `suffix`. Other names are none of ours. What is no
    folder holds nothing."""
    end = suffix.encode()
    try:
        names = os.listdir(folder.encode())  # bytes: not every name is text
    except OSError as error:
        if error.errno not in (_ENOENT, _ENOTDIR):
            raise
        names = []
    names = [name[: len(name) - len(end)] for name in names if name.endswith(end)]
    return sorted(int(name) for name in names if _is_number(name))


def _is_number(name):
    return 0 < len(name) <= _MOST_DIGITS and all(0x30 <= character <= 0x39 for character in name)
