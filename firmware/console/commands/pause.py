# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`pause`: stop recording, for good or for some minutes. One without an end outlives a reboot."""

from firmware.console import words

NAME = "pause"
USAGE = "pause [minutes]"
HELP = "Stop recording until resume, or for some minutes."
EXAMPLE = "pause 15"
WORDS = ()

_MOST_MINUTES = 24 * 60


async def run(context, args):
    words.at_most(args, 1, USAGE)
    minutes = words.whole_number(args[0], 1, _MOST_MINUTES, "number of minutes") if args else None
    await context.pause.begin(minutes or 0)
    return {"state": "paused", "minutes": minutes}


def text(result):
    if result["minutes"] is None:
        return "Paused. Type resume to record again."
    return "Paused for %s; type resume to record sooner." % words.count(result["minutes"], "minute")
