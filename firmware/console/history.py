# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The lines entered before, and the draft that is left behind while walking through them."""

LONGEST = 20


class History:
    """`older` and `newer` return the line to show, or None at either end."""

    def __init__(self):
        self._lines = []
        self._at = 0
        self._draft = ""

    def add(self, line):
        """Remember a line once; forget the oldest above the limit."""
        if line in self._lines:
            self._lines.remove(line)
        if line:
            self._lines.append(line)
        if len(self._lines) > LONGEST:
            self._lines.pop(0)
        self.rewind()

    def forget(self):
        """The line entered last."""
        self._lines = self._lines[:-1]
        self.rewind()

    def rewind(self):
        """Stand after the newest line, with nothing drafted."""
        self._at = len(self._lines)
        self._draft = ""

    def older(self, shown):
        if self._at == 0:
            return None
        if self._at == len(self._lines):
            self._draft = shown
        self._at -= 1
        return self._lines[self._at]

    def newer(self):
        if self._at == len(self._lines):
            return None
        self._at += 1
        return self._draft if self._at == len(self._lines) else self._lines[self._at]
