# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`shutdown`: leave the card clean and sleep; with `sync`, store everything first."""

from firmware.console import words
from firmware.console.errors import CommandError

NAME = "shutdown"
USAGE = "shutdown [sync]"
HELP = "Close everything and sleep; with sync, upload all of it first."
EXAMPLE = "shutdown sync"
WORDS = ("sync",)


async def run(context, args):
    words.at_most(args, 1, USAGE)
    sync = bool(args) and words.choice(args[0], WORDS, USAGE) == "sync"
    if sync and not context.settings.store:
        raise CommandError("There is no store in the settings.", "Type shutdown: what is not stored stays on the card.")
    if sync:
        words.need(context.uploader, "The uploader")
    return {"shutting_down": True, "sync": sync}


def text(result):
    if result["sync"]:
        return "Closing the segment, uploading all of it, then sleeping until reset."
    return "Closing the segment, then sleeping until reset."


async def after(context, result):
    await context.shutdown(sync=result["sync"])
