# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that is asked something.

asked = Asked(("nmcli", "radio", "wifi", "on"))
asked.done()       # None while it runs, then its exit code
asked.said         # what it wrote, which must fit a pipe

Whoever is logged in can read a program's arguments. What is `told` is for that program alone: it finds it on its standard input.
"""

import os
import subprocess

NOT_FOUND = 127  # what a shell says
# English in UTF-8, as networks may be called anything; and what is told is taken as it is, whatever somebody has made of his keyboard.
_PLAIN = {"LC_ALL": "C.UTF-8", "LANGUAGE": "", "INPUTRC": "/dev/null", "TERM": "dumb"}


class Asked:
    def __init__(self, command, told=""):
        self.said = ""
        self._process = self._code = None
        try:
            self._begin(command, told)
        except OSError as error:
            self._code, self.said = NOT_FOUND, "%s: %s" % (command[0], error.strerror)

    def _begin(self, command, told):
        """It is told before it begins: a pipe has room for that, and is never without a reader, however soon the program ends."""
        source, sink = os.pipe()
        try:
            os.write(sink, told.encode("utf-8", "replace"))
            os.close(sink)
            pipe, joined = subprocess.PIPE, subprocess.STDOUT
            self._process = subprocess.Popen(command, env=dict(os.environ, **_PLAIN), stdin=source, stdout=pipe, stderr=joined)
        finally:
            os.close(source)

    def done(self):
        if self._code is None and self._process.poll() is not None:
            self.wait()
        return self._code

    def wait(self):
        """Its exit code."""
        if self._code is None:
            self.said = self._process.communicate()[0].decode("utf-8", "replace")
            self._code = self._process.returncode
        return self._code
