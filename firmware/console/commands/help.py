# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`help`: the list of commands, or one of them with an example."""

from firmware.console import commands, words
from firmware.console.errors import CommandError
from firmware.console.nearest import nearest

NAME = "help"
USAGE = "help [command]"
HELP = "List the commands, or explain one."
EXAMPLE = "help sync"
WORDS = ()

KEYS = "help COMMAND says more. TAB completes, Ctrl-C cancels; --json: a line of JSON."


def complete(_context, before):
    return () if before else commands.FILES


async def run(_context, args):
    words.at_most(args, 1, USAGE)
    known = {command.NAME: command for command in commands.COMMANDS}
    if not args:
        return {"commands": [_entry(command) for command in commands.COMMANDS]}
    if args[0] not in known:
        meant = nearest(args[0], list(known))
        raise CommandError("There is no command %s." % args[0], "Did you mean %s?" % meant if meant else "Type help for the list.")
    return {"commands": [_entry(known[args[0]])]}


def _entry(command):
    return {"name": command.NAME, "usage": command.USAGE, "help": command.HELP, "example": command.EXAMPLE}


def text(result):
    entries = result["commands"]
    if len(entries) == 1:
        one = entries[0]
        return words.table([("usage", one["usage"]), ("does", one["help"]), ("example", one["example"])])
    return words.table([(one["name"], one["help"]) for one in entries]) + "\n" + KEYS
