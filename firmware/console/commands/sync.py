# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`sync`: the upload to the store: start it now, hold it, or look at it."""

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
        uploader.enabled = True
        context.power.want_radio()
        context.link.kick()
        uploader.kick()
    return {"action": action, "sync": uploader.status(), "link": context.link.status()}


def text(result):
    said = _SAID[result["action"]]
    return (said + "\n" if said else "") + words.table([("sync", sync_words(result["sync"])), ("link", link_words(result["link"]))])
