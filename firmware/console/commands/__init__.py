# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The commands of the console: one file each, and one row in this table. `help` lists them in this order.

A command is a module with

    NAME, USAGE, HELP, EXAMPLE      str; HELP is one sentence
    WORDS                           tuple of what its first argument may be, for TAB
    async run(context, args)        -> JSON-able dict; `context` is the app; raises CommandError or OSError
    text(result)                    -> the same for people
    async after(context, result)    optional: what happens once the answer has been written (rebooting, say)

They are imported at start: reading a module from flash later would hold up a frame.
"""

FILES = (
    "help",
    "status",
    "log",
    "segments",
    "card",
    "keep",
    "sync",
    "wifi",
    "power",
    "profile",
    "pause",
    "resume",
    "reboot",
    "shutdown",
    "repl",
)


def _load(name):
    return __import__("firmware.console.commands." + name, None, None, ("NAME",))


COMMANDS = tuple(_load(name) for name in FILES)
