# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`bundle`: all that whoever helps from afar wants to know, in one line of JSON without a secret; or as a file on the card."""

import json
import sys

from firmware import VERSION
from firmware.compat import hexlify, sleep_ms
from firmware.console import words
from firmware.console.commands import card, settings, status

NAME = "bundle"
USAGE = "bundle [card]"
HELP = "Give a report for support, without secrets; card: as a file."
EXAMPLE = "bundle card"
WORDS = ("card",)


async def run(context, args):
    words.at_most(args, 1, USAGE)
    if not args:
        return await _report(context)
    words.choice(args[0], WORDS, USAGE)
    store = words.need(context.store, "The card")
    path = "%s/bundle-%06d-%06d.json" % (store.root, context.keeper.boot, context.keeper.uptime_ms() // 1000)
    return {"path": path, "bytes": await _write(path, await _report(context))}


async def _report(context):
    """Each part by itself: what one cannot tell, the others still do."""
    report = {"versions": _versions(context)}
    for name in _PARTS:
        try:
            report[name] = await _PARTS[name](context)
        except OSError as error:
            report[name] = {"error": repr(error)}
        await sleep_ms(0)
    return report


def _versions(context):
    chip = hexlify(context.board.unique_id())
    return {"firmware": VERSION, "python": sys.version, "board": context.board.name, "chip": chip, "device": context.device}


async def _status(context):
    return await status.run(context, ())


async def _settings(context):
    return settings.told(context.settings)


async def _card(context):
    return await card.info(context) if context.store else None


async def _networks(context):
    return context.link.networks.table()


async def _events(context):
    return [words.event_entry(event) for event in context.health.events]


async def _last_words(context):
    words_of_before = context.last_words
    return {"hung": words_of_before.hung, "is_safe": words_of_before.is_safe}


async def _write(path, report):
    """A part at a time. Returns its size."""
    size, before = 0, "{"
    with open(path, "w") as file:
        for name in sorted(report):
            size += file.write("%s%s: %s" % (before, json.dumps(name), json.dumps(report[name])))
            before = ",\n"
            await sleep_ms(0)
        return size + file.write("}\n")


def text(result):
    if "path" in result:
        return "%s, %s. Take the card to a computer for it, or type bundle." % (result["path"], words.size(result["bytes"]))
    return json.dumps(result)


_PARTS = {
    "status": _status,
    "settings": _settings,
    "card": _card,
    "networks": _networks,
    "events": _events,
    "last_words": _last_words,
}
