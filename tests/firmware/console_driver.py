# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Runs one line as the shell does, with a terminal that remembers."""

import asyncio
import json

from firmware.console.commands import COMMANDS, FILES
from firmware.console.tokens import split


class Listener:
    """A terminal: what was said, sent and asked is in `rows`; questions are answered one after the other."""

    def __init__(self, answers=()):
        self.for_program = False
        self.rows = []
        self._answers = list(answers)

    def say(self, text):
        self.rows.append(text)

    async def send(self, data):
        self.rows.append(bytes(data).decode())

    async def ask(self, prompt):
        self.rows.append(prompt)
        return self._answers.pop(0)


def named(name):
    return COMMANDS[FILES.index(name)]


def do(line, app, terminal=None):
    """(result, text) of one line."""
    name, *args = split(line)
    command = named(name)

    async def all_of_it():
        if hasattr(command, "talk"):
            result = await command.talk(app, args, terminal or Listener())
        else:
            result = await command.run(app, args)
        answer = json.loads(json.dumps(result)), command.text(result)
        if hasattr(command, "after"):
            await command.after(app, result)
        return answer

    return asyncio.run(all_of_it())
