# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`events`: of the last events, what there was of each kind; or all of one kind, with what belongs to them."""

import json

from firmware.console import words
from firmware.console.errors import CommandError

NAME = "events"
USAGE = "events [kind]"
HELP = "Show what kinds of events there were, or all of one kind."
EXAMPLE = "events wifi"
WORDS = ()

_LEVELS = ("info", "warn", "error")


def complete(context, before):
    return () if before else sorted({event[2] for event in context.health.events})


async def run(context, args):
    words.at_most(args, 1, USAGE)
    events = context.health.events
    if not args:
        return {"kinds": _kinds(events), "counters": context.health.counters}
    found = [words.event_entry(event) for event in events if event[2] == args[0]]
    if not found:
        raise CommandError("There was no event of kind %s of late." % args[0], "Type events for the kinds there were.")
    return {"kind": args[0], "events": found}


def _kinds(events):
    """{kind: {how many, the worst level, the last}}"""
    kinds = {}
    for uptime_ms, level, kind, message, _ in events:
        row = kinds.setdefault(kind, {"count": 0, "worst": level})
        row["count"] += 1
        row["worst"] = max(row["worst"], level, key=_LEVELS.index)
        row["last_uptime_ms"], row["last"] = uptime_ms, message
    return kinds


def text(result):
    if "events" in result:
        return "\n".join(words.event_row(event) + _data(event) for event in result["events"])
    kinds = result["kinds"]
    return words.table([(kind, _kind(kinds[kind])) for kind in sorted(kinds)]) or "Nothing has happened yet."


def _kind(row):
    worst = "" if row["worst"] == "info" else ", up to " + row["worst"]
    return "%s%s; the last after %s: %s" % (words.count(row["count"], "time"), worst, words.duration(row["last_uptime_ms"]), row["last"])


def _data(event):
    return "" if event["data"] is None else "\n    " + json.dumps(event["data"])
