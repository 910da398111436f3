# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`segments`: what is on the card, newest last."""

from firmware.compat import const, sleep_ms
from firmware.console import words

NAME = "segments"
USAGE = "segments [open|closed|stored|set_aside|kept] [lines]"
HELP = "List the newest segments on the card."
EXAMPLE = "segments closed 5"
WORDS = ("open", "closed", "stored", "set_aside", "kept")

_LINES = 10
_MOST = 200
_AT_ONCE = const(64)  # looked at before other tasks get their turn


async def run(context, args):
    words.at_most(args, 2, USAGE)
    lines = words.whole_number(args[-1], 1, _MOST, "number of lines") if args and args[-1].isdigit() else _LINES
    states = [word for word in args if not word.isdigit()]
    state = words.choice(states[0], WORDS, USAGE) if states else None
    store = words.need(context.store, "The card")
    shown, total = await _newest(store, state, lines)
    return {"segments": [_entry(store, found) for found in shown], "total": total, "state": state}


async def _newest(store, state, lines):
    """The last `lines` of what may be ten thousand, and how many there are."""
    shown, total = [], 0
    for found in store.list(state):
        total += 1
        shown.append(found)
        if len(shown) > lines:
            shown.pop(0)
        if total % _AT_ONCE == 0:
            await sleep_ms(1)
    return shown, total


def _entry(store, found):
    boot, segment, state, size_bytes = found
    return {"boot": boot, "segment": segment, "state": state, "size": size_bytes, "kept": store.is_kept(boot, segment)}


def text(result):
    rows = [_row(found) for found in result["segments"]]
    which = result["state"].replace("_", " ") + " " if result["state"] else ""
    rows.append("%s, %d shown" % (words.count(result["total"], which + "segment"), len(rows)))
    return "\n".join(rows)


def _row(found):
    kept = "  kept" if found["kept"] else ""
    return "%06d/%06d  %-9s  %s%s" % (found["boot"], found["segment"], found["state"], words.size(found["size"]), kept)
