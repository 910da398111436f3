# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`power`: what the battery says, and what the governor makes of it."""

from firmware.console import words
from firmware.console.commands.status import power_words

NAME = "power"
USAGE = "power"
HELP = "Show the battery, how long it lasts, and what is done about it."
EXAMPLE = "power --json"
WORDS = ()


async def run(context, args):
    words.at_most(args, 0, USAGE)
    return {"power": context.power.status(), "profile": context.recorder.profile, "temperature_c": context.board.temperature_c()}


def text(result):
    power = result["power"]
    if power is None:
        return "No battery gauge answers on this board; %s runs, and the radio whenever it is wanted." % result["profile"]
    rows = [
        ("battery", power_words(power)),
        ("current", "" if power["current_ma"] is None else "%d mA" % power["current_ma"]),
        ("target", "%.1f h more" % power["target_hours"] if power["target_hours"] else "none"),
        ("profile", "%s: %s" % (result["profile"], power["why"])),
        ("mode", power["mode"]),
        ("radio", "on" if power["radio"] else "off, until it pays or sync now"),
        ("chip", "" if result["temperature_c"] is None else "%d C" % result["temperature_c"]),
        ("forecast", _error(power["forecast_error_percent"])),
    ]
    return words.table(rows)


def _error(percent):
    return "" if percent is None else "was wrong by %d %% of late" % percent
