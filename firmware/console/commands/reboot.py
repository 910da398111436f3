# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`reboot`: close the segment and start again, if need be without the radio."""

from firmware.console import words

NAME = "reboot"
USAGE = "reboot [safe]"
HELP = "Close the segment and start again; safe: with the radio off."
EXAMPLE = "reboot"
WORDS = ("safe",)


async def run(_context, args):
    words.at_most(args, 1, USAGE)
    return {"rebooting": True, "safe": bool(args) and words.choice(args[0], WORDS, USAGE) == "safe"}


def text(_result):
    return "Closing the segment, then rebooting."


async def after(context, result):
    await context.reboot(safe=result["safe"])
