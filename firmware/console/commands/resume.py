# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`resume`: end a pause."""

from firmware.console import words
from firmware.console.commands.pause import TIMER, remember

NAME = "resume"
USAGE = "resume"
HELP = "Record again after a pause."
EXAMPLE = "resume"
WORDS = ()


async def run(context, args):
    words.at_most(args, 0, USAGE)
    recorder = words.need(context.recorder, "The recorder")
    await context.supervisor.stop(TIMER)
    recorder.resume()
    remember(context.settings, False)
    return {"state": "recording"}


def text(_result):
    return "Recording."
