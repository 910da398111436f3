# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`card`: what the card is, whether it is a good one, how fast it is; and a new file system for it."""

import os

from firmware import card_bench, card_check
from firmware.cadence import kb_per_s
from firmware.card_words import FOOTAGE
from firmware.compat import sleep_ms
from firmware.console import words
from firmware.console.errors import CommandError
from firmware.fat_format import SECTOR, format_card
from firmware.pause import comes_to_rest

NAME = "card"
USAGE = "card [info|check|bench|format [name of this recorder]]"
HELP = "Show the card, check it, measure it, or format it."
EXAMPLE = "card bench"
WORDS = ("info", "check", "bench", "format")


async def run(context, args):
    words.at_most(args, 2, USAGE)
    action = words.choice(args[0] if args else "info", WORDS, USAGE)
    if action == "format":
        return await _format(context, args[1] if len(args) > 1 else "")
    words.at_most(args, 1, USAGE)
    words.need(context.store, "The card")
    result = await _ACTIONS[action](context)
    return dict(result, action=action)


def text(result):
    return _TEXTS[result["action"]](result)


# -- info ----------------------------------------------------------------------------------


async def info(context):
    card, counters = context.storage.card, context.health.counters
    _, cluster_bytes, clusters, free = os.statvfs(context.store.root)[:4]
    return {
        "says_bytes": card.says_sectors * SECTOR or clusters * cluster_bytes,
        "real_bytes": card.sectors * SECTOR or clusters * cluster_bytes,
        "total_bytes": clusters * cluster_bytes,
        "free_bytes": free * cluster_bytes,
        "cluster_bytes": cluster_bytes,
        "unstored_bytes": context.store.status()["pending_bytes"],
        "about": context.board.card.about(),
        "errors": counters.get("card_errors", 0),
        "stalls": counters.get("card_stalls", 0),
    }


def _info_text(result):
    real = "" if result["real_bytes"] == result["says_bytes"] else ", but has only %s" % words.size(result["real_bytes"])
    return words.table(
        [
            ("card", "says it has %s%s" % (words.size(result["says_bytes"]), real)),
            ("is", result["about"]),
            ("files", "%s, clusters of %s" % (words.size(result["total_bytes"]), words.size(result["cluster_bytes"]))),
            ("free", "%s; %s to store" % (words.size(result["free_bytes"]), words.size(result["unstored_bytes"]))),
            ("since boot", "%s, %s" % (words.count(result["errors"], "error"), words.count(result["stalls"], "stall"))),
        ]
    )


# -- check and bench -----------------------------------------------------------------------


def _need_sectors(context):
    if context.storage.card and not context.storage.card.sectors:
        raise CommandError("The system looks after this card, and shows none of its sectors.", "Use its own tools, as fsck and mkfs.")


def _need_pause(context):
    words.need(context.store, "The card")
    if context.recorder.state != "paused":
        raise CommandError("This keeps the card busy and would cost frames.", "Type pause, then this again, then resume.")


def _mount(context):
    return context.store.root.rsplit("/", 1)[0]


async def check(context):
    _need_sectors(context)
    _need_pause(context)
    found = await card_check.check(context.storage.card, _mount(context), not unstored(context.store))
    return {"good": all(good for good, _ in found), "found": [{"good": good, "text": said} for good, said in found]}


def _check_text(result):
    rows = [("good" if row["good"] else "BAD", row["text"]) for row in result["found"]]
    said = "This is a good card." if result["good"] else "This is a bad card. Get the footage off it and replace it."
    return words.table(rows) + "\n" + said


async def bench(context):
    _need_pause(context)
    try:
        measured = await card_bench.bench(card_check.temporary(_mount(context)))
    finally:
        card_check.tidy(_mount(context))
    profiles, name = context.config["profiles"], context.profile
    measured["profile"], measured["needed_kbps"] = name, kb_per_s(profiles, name)
    measured["good_for"] = sorted(other for other in profiles if card_bench.fits(profiles, other, measured))
    measured["bridged_ms"] = card_bench.bridged_ms(profiles[name], context.config["camera"]["fb_count"])
    return measured


def _bench_text(result):
    rows = [
        ("writes", "%d kB/s, longest pause %d ms" % (result["write_kbps"], result["longest_pause_ms"])),
        ("reads", "%d kB/s" % result["read_kbps"]),
        ("needs", "%d kB/s for %s" % (result["needed_kbps"], result["profile"])),
    ]
    return words.table(rows) + "\n" + verdict(result)


def verdict(result):
    name, others = result["profile"], ", ".join(result["good_for"])
    if result["wrong_slices"]:
        return "BAD: it does not give back what was written. Replace it."
    if name not in result["good_for"]:
        return "Too slow for %s. %s" % (name, "Good for %s." % others if others else "Too slow for any profile: replace it.")
    if result["longest_pause_ms"] > result["bridged_ms"]:
        return "Fast enough for %s, but it pauses: more than %d ms cost frames." % (name, result["bridged_ms"])
    return "Good for %s." % others


# -- format --------------------------------------------------------------------------------


def unstored(store):
    """How many segments are nowhere but on this card."""
    counts = store.status()["segments"]
    return sum(counts[state] for state in counts if state not in ("stored", "reclaimed"))


async def _format(context, name):
    _need_sectors(context)
    if name != context.device:
        raise CommandError(_what_would_go(context), "If you want that, type: card format %s" % context.device)
    was_paused = context.recorder.state == "paused"
    await _pause(context.recorder)
    await context.storage.hold()
    context.health.event("card", "formatting; do not switch off", "warn")
    try:
        sectors = await _format_card(context.storage.bare())
    finally:
        context.storage.let_go()
        if not was_paused:
            context.recorder.resume()
    return {"action": "format", "bytes": sectors * SECTOR, "recording": not was_paused}


def _what_would_go(context):
    if context.health.problems.get("card") == FOOTAGE:
        return "Everything on the card would be gone, and it holds footage."
    lost = unstored(context.store) if context.store else 0
    if not lost:
        return "Everything on the card would be gone."
    return "Everything on the card would be gone, and %s %s stored nowhere else." % (
        words.count(lost, "segment"),
        "are" if lost > 1 else "is",
    )


async def _pause(recorder):
    recorder.pause()
    if not await comes_to_rest(recorder):
        recorder.resume()
        raise CommandError("The recorder does not come to rest.", "Type status to see what it waits for.")


async def _format_card(card):
    """Returns how many sectors it has; of a counterfeit one those it really has."""
    try:
        for _ in format_card(card, card.sectors, card.says_sectors):
            await sleep_ms(0)
    except ValueError:
        raise CommandError("The card is too small for FAT32.", "Insert a larger one.")  # noqa: B904  MicroPython has no exception chaining
    return card.sectors


def _format_text(result):
    after = "Recording goes on." if result["recording"] else "Type resume to record."
    return "Formatted: %s. %s" % (words.size(result["bytes"]), after)


_ACTIONS = {"info": info, "check": check, "bench": bench}
_TEXTS = {"info": _info_text, "check": _check_text, "bench": _bench_text, "format": _format_text}
