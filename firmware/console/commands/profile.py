# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`profile`: the capture profiles of the board; or choose the one that is to be used at best."""

from firmware.cadence import kb_per_s, rate
from firmware.console import words
from firmware.console.commands import settings

NAME = "profile"
USAGE = "profile [name]"
HELP = "Show the capture profiles, or choose one."
EXAMPLE = "profile vga10"
WORDS = ()


def complete(context, before):
    return () if before else sorted(context.config["profiles"])


async def run(context, args):
    words.at_most(args, 1, USAGE)
    known = context.config["profiles"]
    if args:
        settings.change(context, NAME, args[0])
    at_best = context.settings.profile or context.config["default_profile"]
    rows = [_row(context, name, known) for name in sorted(known)]
    return {"profile": context.recorder.profile, "at_best": at_best, "profiles": rows}


def _row(context, name, known):
    profile = known[name]
    row = {key: profile[key] for key in ("width", "height", "current_ma")}
    row.update({"name": name, "fps": rate(profile), "every_s": profile.get("every_s"), "hours_left": context.power.hours(name)})
    row["kb_per_s"] = round(kb_per_s(known, name), 1)
    row["beside"] = profile.get("beside", [])
    return row


def text(result):
    rows = [(row["name"], _about(row, result)) for row in result["profiles"]]
    return words.table(rows)


def _about(row, result):
    often = "one in %d s" % row["every_s"] if row["every_s"] else "%d fps" % row["fps"]
    parts = ["%dx%d, %s, %.0f kB/s, %d mA" % (row["width"], row["height"], often, row["kb_per_s"], row["current_ma"])]
    if row["beside"]:
        parts.append("with " + ", ".join(row["beside"]))
    if row["hours_left"] is not None:
        parts.append("%.1f h" % row["hours_left"])
    if row["name"] == result["profile"]:
        parts.append("in use")
    elif row["name"] == result["at_best"]:
        parts.append("chosen")
    return ", ".join(parts)
