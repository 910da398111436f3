# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that is asked something.

asked = Asked(("nmcli", "radio", "wifi", "on"))
asked.done()       # None while it runs, then its exit code
asked.said         # what it wrote, which must fit a pipe
"""

import os
import subprocess

NOT_FOUND = 127  # what a shell says
_LANGUAGE = {"LC_ALL": "C"}  # that which is understood here


class Asked:
    def __init__(self, command):
        self.said = ""
        self._process = self._code = None
        environment = dict(os.environ, **_LANGUAGE)
        quiet, pipe, joined = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
        try:
            self._process = subprocess.Popen(command, env=environment, stdin=quiet, stdout=pipe, stderr=joined)
        except OSError as error:
            self._code, self.said = NOT_FOUND, "%s: %s" % (command[0], error.strerror)

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
