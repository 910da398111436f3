# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a command that takes long has of the console: it tells how far it is, asks for what must not be seen, and sends bytes.

    terminal.say("reading, 40 %")            # for people only
    key = await terminal.ask("key> ")        # a line that is not echoed, kept or logged
    terminal.send(binascii.b2a_base64(...))  # a row of bytes, for programs

A question is a prompt without a line end; whoever answers, be it a program, waits until it stands there. Keys pressed while a
command runs wait here for a question, or else for the next line.
"""

import asyncio
import json

from firmware.compat import const

PAGE_ROWS = const(23)  # of a terminal's 24
MORE = "--more--"
_MOST_KEYS = const(256)
_CR, _LF, _BLANK, _BACKSPACES = const(0x0D), const(0x0A), const(0x20), (0x08, 0x7F)
_GOES_ON, _ENDS = (_BLANK, _CR), (ord("q"), ord("Q"))


class Terminal:
    """`for_program`: the answer that is being made is to be one line of JSON."""

    def __init__(self, screen):
        self.for_program = False
        self._screen = screen
        self._prompt = ""
        self._keys = bytearray()
        self._last = 0
        self._pressed = asyncio.Event()

    # -- what commands use -------------------------------------------------------------------

    def say(self, text):
        """Rows on the way to the answer."""
        if not self.for_program:
            self.put(text)

    async def send(self, data):
        """A row for a program, which must not begin as a log line or an answer does, once all before it is written: there is
        always room for a key."""
        await self._screen.drained()
        self._screen.put(data)
        self._screen.put(b"\r\n")

    async def send_json(self, value):
        """A line for a program that does not wait for the answer."""
        if self.for_program:
            await self.send(json.dumps(value).encode())

    async def ask(self, prompt):
        """One line of what is typed, without showing it."""
        self._show(prompt)
        try:
            while self._line_end() < 0:
                await self._press()
        finally:
            self._prompt = ""
            self._screen.put(b"\r\n")
        return self._cut_line()

    # -- what the shell uses -----------------------------------------------------------------

    def put(self, text):
        if text:
            self._screen.put((text.replace("\n", "\r\n") + "\r\n").encode())

    async def page(self, text):
        """Rows by the screenful: Space shows more, q ends, and any other key does too and begins the next line.
        Whoever has typed ahead does not read: then all of it comes."""
        rows = text.split("\n")
        while len(rows) > PAGE_ROWS and not self._keys:
            self.put("\n".join(rows[:PAGE_ROWS]))
            rows = rows[PAGE_ROWS:]
            if not await self._wants_more():
                return
        self.put("\n".join(rows))

    def press(self, code):
        """A key, while a command runs."""
        second_of_pair = code == _LF and self._last == _CR
        self._last = code
        if len(self._keys) < _MOST_KEYS and not second_of_pair:
            self._keys.append(code)
        self._pressed.set()

    @property
    def asks(self):
        """Whether nothing goes on without a key."""
        return bool(self._prompt)

    def show_prompt_again(self):
        """After something was written over it."""
        self._screen.put(self._prompt.encode())

    @property
    def has_keys(self):
        return bool(self._keys)

    def take_keys(self):
        """What nobody has asked for."""
        keys, self._keys = self._keys, bytearray()
        return keys

    # -- keys --------------------------------------------------------------------------------

    def _show(self, prompt):
        self._prompt = prompt
        self.show_prompt_again()

    async def _press(self):
        self._pressed.clear()
        await self._pressed.wait()

    def _line_end(self):
        for at, code in enumerate(self._keys):
            if code in (_CR, _LF):
                return at
        return -1

    def _cut_line(self):
        end = self._line_end()
        line = ""
        for code in self._keys[:end]:
            if code in _BACKSPACES:
                line = line[:-1]
            elif _BLANK <= code < _BACKSPACES[1]:
                line += chr(code)
        self._keys = self._keys[end + 1 :]
        return line

    async def _wants_more(self):
        self._show(MORE)
        try:
            while not self._keys:
                await self._press()
        finally:
            self._prompt = ""
            self._screen.put(b"\r" + b" " * len(MORE) + b"\r")
        key = self._keys[0]
        if key in _GOES_ON or key in _ENDS:
            self._keys = self._keys[1:]
        return key in _GOES_ON
