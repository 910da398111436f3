# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The microphone: a program that writes raw samples to its standard output. Which one, and with which options, says the board's data.

The pipe is its buffer, made large enough for a second and more; nothing is lost while the recorder is busy, and no thread is needed.
Nobody reads what it says beside that until it has ended: it goes to a file in memory.
"""

import fcntl
import os
import re
import subprocess

EIO = 5
PIPE_BYTES = 1 << 17
SAID_BYTES = 300
_WHERE = re.compile(r"^\w+: \w+:\d+: ")  # "arecord: main:831: "
_SET_PIPE_BYTES = 1031  # F_SETPIPE_SZ of linux/fcntl.h; the module has no name for it before Python 3.10


class Microphone:
    def __init__(self, config):
        self.rate_hz = config["rate_hz"]
        self._command = [word.format(**config) for word in config["program"]]
        self._process = None
        self._words = -1  # the file
        self._odd = b""  # half a sample

    def open(self):
        self.close()
        self._words = os.memfd_create("words")
        try:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._words, bufsize=0)
        except OSError as error:
            self.close()
            raise OSError(error.errno, "the program %s cannot be started: %s" % (self._command[0], error.strerror)) from None
        pipe = self._process.stdout.fileno()
        os.set_blocking(pipe, False)
        fcntl.fcntl(pipe, _SET_PIPE_BYTES, PIPE_BYTES)

    def close(self):
        process, self._process, self._odd = self._process, None, b""
        if self._words >= 0:
            os.close(self._words)
            self._words = -1
        if process is None:
            return
        process.kill()
        process.stdout.close()
        process.wait()

    def readinto(self, buffer):
        odd = len(self._odd)
        buffer[:odd] = self._odd
        size = self._process.stdout.readinto(buffer[odd:])  # pyright: ignore[reportAttributeAccessIssue]  it is raw
        if size == 0:
            raise OSError(EIO, "%s has ended%s" % (self._command[0], self._said()))
        size = odd + (size or 0)
        self._odd = bytes(buffer[size - 1 : size]) if size % 2 else b""
        return size - size % 2

    def _said(self):
        """Its last line, which says what it could not do."""
        size = os.fstat(self._words).st_size
        lines = os.pread(self._words, SAID_BYTES, max(0, size - SAID_BYTES)).decode("utf-8", "replace").split("\n")
        last = [line.strip() for line in lines if line.strip()][-1:]
        return ": " + _WHERE.sub("", last[0]) if last else ""


def open_microphone(config):
    """None if the board's data names none."""
    return Microphone(config) if config else None
