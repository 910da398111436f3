# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`resume`: end a pause."""

from firmware.console import words

NAME = "resume"
USAGE = "resume"
HELP = "Record again after a pause."
EXAMPLE = "resume"
WORDS = ()


async def run(context, args):
    words.at_most(args, 0, USAGE)
    await context.pause.end()
    return {"state": "recording"}


def text(_result):
    return "Recording."
