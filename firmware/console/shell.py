# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The shell on the serial port: reads lines, runs commands, answers people in words and programs in JSON.

    shell = Shell(app, stdin, stdout.write)     # stdin: `await stdin.read(1)`, `stdin.waits()`
    await shell.run()                           # until the port closes or somebody leaves to the Python prompt

`--json` anywhere in a line makes the answer exactly one line that begins with "{". Log lines, which may come
between, begin with "[". A command runs in its own task: meanwhile Ctrl-C stops it, and other keys wait their turn (`terminal.py`).
"""

import asyncio
import json

from firmware import VERSION
from firmware.compat import const, sleep_ms, ticks_ms
from firmware.console.commands import COMMANDS
from firmware.console.errors import CommandError, SecretShown, in_words
from firmware.console.knock import Knock
from firmware.console.lineedit import LONGEST_LINE, LineEditor
from firmware.console.nearest import nearest
from firmware.console.screen import PIECE_PAUSE_MS, Screen
from firmware.console.terminal import Terminal
from firmware.console.tokens import split
from firmware.console.words import log_line

PROMPT = "daylog> "
JSON_FLAG = "--json"
HELP_FLAGS = ("-h", "--help")
_CTRL_C = const(0x03)


class Shell:
    def __init__(self, context, stdin, write, commands=COMMANDS):
        self._context = context
        self._stdin = stdin
        self._commands = {command.NAME: command for command in commands}
        self._names = [command.NAME for command in commands]
        self._screen = Screen(write)
        self._terminal = Terminal(self._screen)
        self._editor = LineEditor(PROMPT, self._complete)
        self._knock = Knock(ticks_ms())
        self._running = None  # the task of the command that runs

    async def run(self):
        """Serve until the port is closed or the knock is heard."""
        writer = asyncio.create_task(self._screen.run())
        listener = self._on_event
        self._greet()
        self._context.health.listeners.append(listener)
        try:
            await self._read()
        finally:
            self._context.health.listeners.remove(listener)
            self._stop_command()
            writer.cancel()

    def _greet(self):
        recorder = self._context.recorder
        facts = (VERSION, self._context.device, recorder.state if recorder else "starting")
        self._terminal.put("Daylog %s on %s: %s. Type help, or TAB." % facts)
        self._editor.open()
        self._show_echo()

    # --- input ----------------------------------------------------------------------------------------------

    async def _read(self):
        # One byte a time: after the knock the rest of the input belongs to the Python prompt.
        while True:
            data = await self._stdin.read(1)
            if not data:
                return await self._finish()
            if self._knock.heard(data[0], ticks_ms(), not (self._editor.text or self._terminal.has_keys), self._stdin.waits):
                return self._context.leave()
            self._take(data[0])
            await sleep_ms(0)  # a command must have begun before a Ctrl-C may cancel it, or it never cleans up
            await self._screen.room()

    async def _finish(self):
        """The port is closed: what was asked is still done, and written for whoever reads. What is asked has no answer."""
        while self._running is not None:
            if self._terminal.asks:
                self._stop_command()
            await sleep_ms(PIECE_PAUSE_MS)
        await self._screen.drained()

    def _take(self, code):
        if self._running is None:
            self._edit(code)
        elif code == _CTRL_C:
            self._terminal.take_keys()
            self._running.cancel()
        else:
            self._terminal.press(code)

    def _edit(self, code):
        line = self._editor.feed(code)
        self._show_echo()
        if line is not None:
            self._running = asyncio.create_task(self._run_line(line))

    def _complete(self, words, prefix):
        known = self._could_come(words)
        return [word for word in known if word.startswith(prefix)]

    def _could_come(self, words):
        if not words:
            return self._names
        command = self._commands.get(words[0])
        if command is None:
            return ()
        if hasattr(command, "complete"):
            return tuple(command.complete(self._context, words[1:])) + (JSON_FLAG,)
        return (command.WORDS if len(words) == 1 else ()) + (JSON_FLAG,)

    # --- output ---------------------------------------------------------------------------------------------

    def _show_echo(self):
        self._screen.put(self._editor.take_echo())

    def _on_event(self, uptime_ms, level, kind, text, _data):
        if not self._screen.full:  # a flood of events is still in the ring: `log` shows it
            self._editor.print_above(log_line(uptime_ms, level, kind, text))
            self._show_echo()
            self._terminal.show_prompt_again()

    # --- commands -------------------------------------------------------------------------------------------

    async def _run_line(self, line):
        """One line from Enter to the next prompt, whatever happens in between."""
        try:
            await self._answer(line)
        finally:
            self._running = None
            self._editor.open()
            self._show_echo()
            self._take_ahead()

    def _take_ahead(self):
        for code in self._terminal.take_keys():
            self._take(code)

    async def _answer(self, line):
        as_json = self._terminal.for_program = JSON_FLAG in line.split()
        try:
            await self._do([word for word in self._words(line) if word != JSON_FLAG], as_json)
        except asyncio.CancelledError:
            self._complain("Stopped.", "", as_json)
        except Exception as error:  # noqa: BLE001  whatever a command raises is said, and the console goes on
            if isinstance(error, SecretShown):
                self._editor.forget()
            self._complain(*in_words(error), as_json)

    def _words(self, line):
        if self._editor.too_long:
            raise CommandError("The line is too long; nothing was done.", "A line has at most %d characters." % LONGEST_LINE)
        return split(line)

    async def _do(self, words, as_json):
        if not words:
            return
        command, arguments = self._parse(words)
        if hasattr(command, "talk"):
            result = await command.talk(self._context, arguments, self._terminal)
        else:
            result = await command.run(self._context, arguments)
        if as_json:
            self._terminal.put(json.dumps(dict(result, ok=True)))
        else:
            await self._terminal.page(command.text(result))
        if hasattr(command, "after"):
            await self._screen.drained()
            await command.after(self._context, result)

    def _parse(self, words):
        command = self._commands.get(words[0])
        if command is None:
            meant = nearest(words[0], self._names)
            raise CommandError("There is no command %s." % words[0], "Did you mean %s?" % meant if meant else "Type help for the list.")
        if any(flag in words for flag in HELP_FLAGS):
            return self._commands["help"], words[:1]
        return command, words[1:]

    def _complain(self, message, hint, as_json):
        if as_json:
            return self._terminal.put(json.dumps({"ok": False, "error": message, "hint": hint}))
        self._terminal.put(message + ("\n  " + hint if hint else ""))

    def _stop_command(self):
        if self._running is not None:
            self._running.cancel()
