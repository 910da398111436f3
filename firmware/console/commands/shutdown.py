# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`shutdown`: leave the card clean and sleep; with `sync`, store everything first."""

from firmware.console import words

NAME = "shutdown"
USAGE = "shutdown [sync]"
HELP = "Close everything and sleep; with sync, upload all of it first."
EXAMPLE = "shutdown sync"
WORDS = ("sync",)


async def run(context, args):
    words.at_most(args, 1, USAGE)
    sync = bool(args) and words.choice(args[0], WORDS, USAGE) == "sync"
    if sync:
        words.need(context.uploader, "The uploader")
    return {"shutting_down": True, "sync": sync}


def text(result):
    if result["sync"]:
        return "Uploading what is pending, then sleeping. Ctrl-C calls it off."
    return "Closing the segment, then sleeping until reset."


async def after(context, result):
    await context.shutdown(sync=result["sync"])
