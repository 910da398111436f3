# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A terminal that knows printable characters, CR, LF, BACKSPACE and BEL, and refuses everything else."""


class DumbTerminal:
    def __init__(self):
        self.rows = [""]
        self.column = 0
        self.bells = 0

    def write(self, data):
        for character in data.decode():
            _CONTROL.get(character, DumbTerminal._show)(self, character)

    @property
    def row(self):
        """The row the cursor is in, without the blanks at its end."""
        return self.rows[-1].rstrip()

    def text(self):
        return "\n".join(row.rstrip() for row in self.rows)

    def _show(self, character):
        if character < " ":
            raise ValueError("not for a dumb terminal: %r" % character)
        row = self.rows[-1] + " " * (self.column - len(self.rows[-1]))
        self.rows[-1] = row[: self.column] + character + row[self.column + 1 :]
        self.column += 1

    def _return(self, _):
        self.column = 0

    def _line_feed(self, _):
        self.rows.append("")

    def _backspace(self, _):
        if self.column == 0:
            raise ValueError("backspace at the left edge")
        self.column -= 1

    def _bell(self, _):
        self.bells += 1


_CONTROL = {"\r": DumbTerminal._return, "\n": DumbTerminal._line_feed, "\b": DumbTerminal._backspace, "\x07": DumbTerminal._bell}
