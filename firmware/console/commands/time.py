# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`time`: what time it is here, and who said so; or say it."""

from firmware.console import words
from firmware.console.errors import CommandError
from firmware.timekeeper import EARLIEST_S, LATEST_S, iso, unix_s_at

NAME = "time"
USAGE = "time [set UTC]"
HELP = "Show the time and where it comes from, or set it."
EXAMPLE = "time set 2026-11-23T12:00:00Z"
WORDS = ("set",)

SOURCE = "console"
_BETTER = ("ntp", "store")  # know better than whoever types
_LENGTHS = (4, 2, 2, 2, 2, 2)
_FORM = "It looks like 2026-11-23T12:00:00Z, in UTC, or is a number of Unix seconds."
_SOURCES = {
    "": "nobody yet; it comes with Wi-Fi, or by: time set",
    "rtc": "the chip's clock, which nobody may ever have set",
    "ntp": "a time server",
    "store": "the store",
    SOURCE: "whoever set it on the console",
}


async def run(context, args):
    words.at_most(args, 3, USAGE)
    if args:
        words.choice(args[0], WORDS, USAGE)
        _set(context, parse(" ".join(args[1:])) * 1000)
    keeper = context.keeper
    return {"unix_ms": keeper.unix_ms(), "source": keeper.source, "uptime_ms": keeper.uptime_ms(), "boot": keeper.boot}


def parse(word):
    """Unix seconds. Raises CommandError for what is no time that this recorder can live in."""
    unix_s = int(word) if word.isdigit() and len(word) == 10 else _civil(word.upper())
    if unix_s is None:
        raise CommandError("%s is no time." % (word or "That"), _FORM)
    if not EARLIEST_S <= unix_s < LATEST_S:
        raise CommandError("%s cannot be." % iso(unix_s * 1000), "It is after 2025 and before 2100.")
    return unix_s


def _civil(word):
    fields = word.replace("T", "-").replace(" ", "-").replace(":", "-").rstrip("Z").split("-")
    if [len(field) for field in fields if field.isdigit()] != list(_LENGTHS) or len(fields) != len(_LENGTHS):
        return None
    return unix_s_at(*[int(field) for field in fields])


def _set(context, unix_ms):
    keeper = context.keeper
    if keeper.source in _BETTER:
        raise CommandError("It is %s, says %s, and is believed." % (iso(keeper.unix_ms()), _SOURCES[keeper.source]), "Nothing was changed.")
    keeper.set_utc(unix_ms, SOURCE)
    context.health.event("clock", "it is %s, says the console" % iso(unix_ms))


def text(result):
    rows = [
        ("time", iso(result["unix_ms"]) if result["unix_ms"] else "not known"),
        ("says", _SOURCES[result["source"]]),
        ("up", "%s since boot %d" % (words.duration(result["uptime_ms"]), result["boot"])),
    ]
    return words.table(rows)
