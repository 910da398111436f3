# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`log`: the last events, oldest first."""

from firmware.console import words

NAME = "log"
USAGE = "log [lines]"
HELP = "Show the last events."
EXAMPLE = "log 10"
WORDS = ()

_LINES = 20
_MOST = 64  # what the health record keeps


async def run(context, args):
    words.at_most(args, 1, USAGE)
    lines = words.whole_number(args[0], 1, _MOST, "number of lines") if args else _LINES
    return {"events": [_entry(event) for event in context.health.events[-lines:]]}


def _entry(event):
    uptime_ms, level, kind, message, data = event
    return {"uptime_ms": uptime_ms, "level": level, "kind": kind, "text": message, "data": data}


def text(result):
    rows = [words.log_line(e["uptime_ms"], e["level"], e["kind"], e["text"]) for e in result["events"]]
    return "\n".join(rows) or "Nothing has happened yet."
