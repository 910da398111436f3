# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`reboot`: close the segment and start again."""

from firmware.console import words

NAME = "reboot"
USAGE = "reboot"
HELP = "Close the segment and start again."
EXAMPLE = "reboot"
WORDS = ()


async def run(_context, args):
    words.at_most(args, 0, USAGE)
    return {"rebooting": True}


def text(_result):
    return "Closing the segment, then rebooting."


async def after(context, _result):
    await context.reboot()
