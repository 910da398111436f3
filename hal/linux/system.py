# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the system shows of itself in files. `root` stands before each path: the simulator has a system of its own."""

import os

root = ""


def text(path):
    """What a file of the system says; "" if it has none of that name, or does not give it."""
    try:
        with open(root + path) as file:
            return file.read().strip()
    except OSError:
        return ""


def exists(path):
    return os.path.exists(root + path)


def is_mount_point(fd):
    """Whether an open folder is the root of a file system."""
    return os.fstat(fd).st_dev != os.stat("..", dir_fd=fd).st_dev
