# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the system shows of itself in files. `root` stands before each path: the simulator has a system of its own."""

import os

root = ""


def text(path):
    """What a file of the system says; "" if it has none of that name, or does not give it."""
    try:
        with open(root + path, errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def number(text):
    """What a text says in hexadecimal digits; 0 if it says nothing of the kind."""
    try:
        return int(text, 16)
    except ValueError:
        return 0


def names(path):
    """What is in a folder of the system; nothing if there is none."""
    try:
        return sorted(os.listdir(root + path))
    except OSError:
        return []


def exists(path):
    return os.path.exists(root + path)


def is_mount_point(fd):
    """Whether an open folder is the root of a file system."""
    return os.fstat(fd).st_dev != os.stat("..", dir_fd=fd).st_dev
