# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The line editor: keys in, echo out. A pure state machine that needs no terminal and no clock.

    editor = LineEditor("daylog> ", complete=lambda words, prefix: ["status"])
    for byte in b"sta\\t\\r":
        line = editor.feed(byte)       # None until the line is finished
        write(editor.take_echo())
    line == "status "

It draws with nothing but printable characters, CR, LF, BEL and BACKSPACE, so it works on a terminal that
knows no escape sequences. The price: a line wider than the terminal is edited correctly but drawn badly.
"""

from firmware.compat import const
from firmware.console.history import History
from firmware.console.keys import KeyDecoder

LONGEST_LINE = const(200)
_LONGEST_LIST = const(40)  # completions shown at most

_BELL = "\x07"
_NEW_LINE = "\r\n"


class LineEditor:
    """`complete(words before, beginning of this one)` returns every word that could stand there."""

    def __init__(self, prompt, complete=None):
        self._prompt = prompt
        self._complete = complete
        self._keys = KeyDecoder()
        self._history = History()
        self._echo = []
        self._finished = None
        self._shown = False  # is the prompt on the screen?
        self.text = ""
        self.cursor = 0
        self.too_long = False  # characters of this line were refused

    def feed(self, code):
        """Take one byte; return the finished line, or None."""
        self._finished = None
        key = self._keys.feed(code)
        if key is not None:
            _ACTIONS.get(key, LineEditor._insert)(self, key)
        return self._finished

    def take_echo(self):
        """What the keys since the last call put on the screen."""
        echo = "".join(self._echo).encode()
        self._echo.clear()
        return echo

    def open(self):
        """Show the prompt of a new line."""
        self._clear()
        self._draw()

    def close(self):
        """Drop the line and leave its row; nothing is shown until `open`."""
        if self._shown:
            self._say(_NEW_LINE)
        self._clear()
        self._shown = False

    def forget(self):
        """The line entered last is not to be recalled."""
        self._history.forget()

    def print_above(self, text):
        """Put a line above the prompt and what is being typed."""
        row = "\r" + text
        if self._shown:
            # Longer than what it covers, or padded with blanks: no terminal has to know how to clear a row.
            row += " " * (len(self._prompt) + len(self.text) - len(text))
        self._say(row + _NEW_LINE)
        if self._shown:
            self._draw()

    def _say(self, text):
        self._echo.append(text)

    def _draw(self):
        self._shown = True
        self._say(self._prompt + self.text + "\b" * (len(self.text) - self.cursor))

    def _clear(self):
        self.text = ""
        self.cursor = 0
        self.too_long = False
        self._history.rewind()

    def _move(self, to):
        to = max(0, min(to, len(self.text)))
        self._say("\b" * (self.cursor - to) + self.text[self.cursor : to])
        self.cursor = to

    def _remove(self, start, end):
        """Take out text[start:end]; the cursor ends at start."""
        self._move(start)
        tail = self.text[end:]
        gone = len(self.text) - start - len(tail)
        self.text = self.text[:start] + tail
        self._say(tail + " " * gone + "\b" * (len(tail) + gone))
        if not self.text:
            self.too_long = False

    def _insert(self, text):
        if len(self.text) + len(text) > LONGEST_LINE:
            self.too_long = True
            return self._say(_BELL)
        tail = self.text[self.cursor :]
        self.text = self.text[: self.cursor] + text + tail
        self.cursor += len(text)
        self._say(text + tail + "\b" * len(tail))

    def _show_instead(self, line):
        if line is None:
            return self._say(_BELL)
        self._remove(0, len(self.text))
        self._insert(line)

    # --- what the keys do; each is called with the key's name -------------------------------------------------

    def _enter(self, _key):
        line = self.text
        self._history.add(line.strip())
        self._finished = line
        self._say(_NEW_LINE)
        self._shown = False

    def _cancel(self, _key):
        self._say("^C")
        self.close()
        self.open()

    def _left(self, _key):
        self._move(self.cursor - 1)

    def _right(self, _key):
        self._move(self.cursor + 1)

    def _home(self, _key):
        self._move(0)

    def _end(self, _key):
        self._move(len(self.text))

    def _backspace(self, _key):
        if self.cursor:
            self._remove(self.cursor - 1, self.cursor)

    def _delete(self, _key):
        if self.cursor < len(self.text):
            self._remove(self.cursor, self.cursor + 1)

    def _kill_to_start(self, _key):
        self._remove(0, self.cursor)

    def _kill_to_end(self, _key):
        self._remove(self.cursor, len(self.text))

    def _kill_word(self, _key):
        kept = self.text[: self.cursor].rstrip()
        self._remove(kept.rfind(" ") + 1, self.cursor)

    def _redraw(self, _key):
        self._say("\r")
        self._draw()

    def _older(self, _key):
        self._show_instead(self._history.older(self.text))

    def _newer(self, _key):
        self._show_instead(self._history.newer())

    def _complete_word(self, _key):
        words = self.text[: self.cursor].split(" ")
        prefix = words.pop()
        found = self._complete([w for w in words if w], prefix) if self._complete else []
        more = common_start(found)[len(prefix) :]
        if len(found) == 1:
            self._insert(more + " ")
        elif more:
            self._insert(more)
        elif found:
            self.print_above("  ".join(found[:_LONGEST_LIST]))
        else:
            self._say(_BELL)


def common_start(words):
    """The longest beginning that all the words share."""
    shared = words[0] if words else ""
    for word in words:
        while not word.startswith(shared):
            shared = shared[:-1]
    return shared


_ACTIONS = {
    "enter": LineEditor._enter,
    "cancel": LineEditor._cancel,
    "left": LineEditor._left,
    "right": LineEditor._right,
    "home": LineEditor._home,
    "end": LineEditor._end,
    "up": LineEditor._older,
    "down": LineEditor._newer,
    "backspace": LineEditor._backspace,
    "delete": LineEditor._delete,
    "kill_to_start": LineEditor._kill_to_start,
    "kill_to_end": LineEditor._kill_to_end,
    "kill_word": LineEditor._kill_word,
    "redraw": LineEditor._redraw,
    "complete": LineEditor._complete_word,
}
