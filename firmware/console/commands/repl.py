# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`repl`: stop the recorder cleanly and leave to the Python prompt."""

from firmware.console import words

NAME = "repl"
USAGE = "repl"
HELP = "Stop recording and leave to the Python prompt."
EXAMPLE = "repl"
WORDS = ()


async def run(_context, args):
    words.at_most(args, 0, USAGE)
    return {"leaving": True}


def text(_result):
    return "Closing the segment, then the Python prompt. Ctrl-D there starts the recorder again."


async def after(context, _result):
    context.leave()
