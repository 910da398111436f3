# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`keep`: protect what is being recorded, a segment by its name, or the last minutes."""

from firmware.compat import sleep_ms
from firmware.console import words
from firmware.console.errors import CommandError

NAME = "keep"
USAGE = "keep [minutes|boot/segment] [off]"
HELP = "Protect footage: removed last, never before it is stored."
EXAMPLE = "keep 10"
WORDS = ("off",)

_MOST_MINUTES = 24 * 60
_MINUTE_MS = 60_000


async def run(context, args):
    on = args[-1:] != ["off"]
    what = args if on else args[:-1]
    words.at_most(what, 1, USAGE)
    store = words.need(context.store, "The card")
    chosen = await _chosen(store, context.keeper, what[0] if what else "")
    for boot, segment in chosen:
        if not store.keep(boot, segment, on):
            raise CommandError("There is no segment %d/%d on the card." % (boot, segment), "Type segments to see the newest.")
        await sleep_ms(1)
    return {"kept": on, "segments": [{"boot": boot, "segment": segment} for boot, segment in chosen]}


async def _chosen(store, keeper, word):
    """[(boot, segment)] of what was meant."""
    if "/" in word:
        return [words.segment_name(word)]
    if word:
        return await _last(store, keeper, words.whole_number(word, 1, _MOST_MINUTES, "number of minutes") * _MINUTE_MS)
    current = store.current()
    if current is None:
        raise CommandError("Nothing is being recorded.", "Give a number of minutes or the name of a segment: %s" % USAGE)
    return [current]


async def _last(store, keeper, span_ms):
    """What was recorded in the last `span_ms`, and what had begun before and went on."""
    found = []
    for boot, segment, info in store.newest_first():
        age_ms = _age_ms(info, keeper) if info else 0
        if age_ms is None:
            break
        found.append((boot, segment))
        if age_ms >= span_ms:
            break
        await sleep_ms(1)
    return found


def _age_ms(info, keeper):
    """How long ago a segment began; None when no clock tells."""
    if info.boot == keeper.boot:
        return keeper.uptime_ms() - info.start_uptime_ms
    if info.utc_start_ms and keeper.utc_known:
        return keeper.unix_ms() - info.utc_start_ms
    return None


def text(result):
    chosen = result["segments"]
    names = ", ".join("%d/%d" % (s["boot"], s["segment"]) for s in chosen[:5]) + (", ..." if len(chosen) > 5 else "")
    does = "kept" if result["kept"] else "no longer kept"
    return "%s %s: %s" % (words.count(len(chosen), "segment"), does, names or "there is nothing on the card")
