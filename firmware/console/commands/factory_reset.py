# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`factory-reset`: forget every setting and start again, as a board does that was just flashed. The footage stays."""

from firmware.console import words
from firmware.console.errors import CommandError

NAME = "factory-reset"
USAGE = "factory-reset [name of this recorder]"
HELP = "Forget all settings, and keep the footage."
EXAMPLE = "factory-reset daylog-1a2b3c"
WORDS = ()


async def run(context, args):
    words.at_most(args, 1, USAGE)
    if args != [context.device]:
        gone = "Its name, its networks, its store and all else that it was told would be gone; the footage on the card stays."
        raise CommandError(gone, "If you want that, type: factory-reset %s" % context.device)
    return {"resetting": True}


def text(_result):
    return "Closing the segment, forgetting all settings, then rebooting."


async def after(context, _result):
    await context.factory_reset()
