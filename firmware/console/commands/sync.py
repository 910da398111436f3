# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`sync`: the upload to the store: start it now, also of what was set aside; hold it; or look at it."""

from firmware.compat import sleep_ms
from firmware.console import words
from firmware.console.commands.status import link_words, sync_words

NAME = "sync"
USAGE = "sync [now|pause|status]"
HELP = "Show the upload to the store, start it now, or hold it."
EXAMPLE = "sync now"
WORDS = ("now", "pause", "status")

_SAID = {
    "now": "The upload starts as soon as there is a link.",
    "pause": "The upload is held; recording goes on. `sync now` resumes it.",
    "status": "",
}


async def run(context, args):
    words.at_most(args, 1, USAGE)
    action = words.choice(args[0] if args else "status", WORDS, USAGE)
    uploader = words.need(context.uploader, "The uploader")
    if action == "pause":
        uploader.enabled = False
        context.power.want_radio(False)
    elif action == "now":
        await _retry_set_aside(context.store)
        context.sync_now()
    waiting = context.store.status() if context.store else {}
    facts = {"pending_bytes": waiting.get("pending_bytes"), "segments": waiting.get("segments")}
    return dict(facts, action=action, sync=uploader.status(), link=context.link.status(), stored=context.health.counters.get("stored", 0))


async def _retry_set_aside(store):
    while store is not None and store.retry_one():
        await sleep_ms(1)


def text(result):
    said = _SAID[result["action"]]
    rows = [
        ("sync", sync_words(result["sync"])),
        ("to store", _to_store(result)),
        ("stored", "%s since boot" % words.count(result["stored"], "segment")),
        ("link", link_words(result["link"])),
    ]
    return (said + "\n" if said else "") + words.table(rows)


def _to_store(result):
    segments = result["segments"]
    if segments is None:
        return "no card"
    aside = "; %d set aside" % segments["set_aside"] if segments["set_aside"] else ""
    return "%s in %s%s" % (words.size(result["pending_bytes"]), words.count(segments["closed"], "segment"), aside)
