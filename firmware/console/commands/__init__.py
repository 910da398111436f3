# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The commands of the console: one file each, and one row in this table. `help` lists them in this order.

A command is a module with

    NAME, USAGE, HELP, EXAMPLE      str; HELP is one sentence
    WORDS                           tuple of what its first argument may be, for TAB
    async run(context, args)        -> JSON-able dict; `context` is the app; raises CommandError or OSError
    text(result)                    -> the same for people

and, where it needs them,

    async talk(context, args, terminal)     in the place of `run`: for one that says how far it is, asks, or sends bytes
    complete(context, words)                what may come after these arguments, for TAB, in the place of WORDS
    async after(context, result)            what happens once the answer has been written (rebooting, say)

Ctrl-C cancels a command at any of its awaits. Long work is done in pieces that take less than a frame, with an await in between.
They are imported at start: reading a module from flash later would hold up a frame.
"""

FILES = (
    "help",
    "status",
    "doctor",
    "log",
    "events",
    "segments",
    "camera",
    "card",
    "keep",
    "sync",
    "wifi",
    "power",
    "profile",
    "time",
    "settings",
    "pause",
    "resume",
    "bundle",
    "reboot",
    "factory-reset",
    "shutdown",
    "repl",
)


def _load(name):
    return __import__("firmware.console.commands." + name.replace("-", "_"), None, None, ("NAME",))


COMMANDS = tuple(_load(name) for name in FILES)
