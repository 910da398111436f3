# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`segments`: what is on the card, newest last; and its bytes, for programs that have no other way to the card.

    segments get 12/3 --json
    {"ok": true, "boot": 12, "segment": 3, "state": "closed", "size": 3120000, "sha256": "9f86..."}

    segments get 12/3 0 16384 --json
    <base64 of bytes 0 to 1535>
    <base64 of bytes 1536 to 3071>, and so on: 11 rows
    {"ok": true, "boot": 12, ..., "offset": 0, "length": 16384, "crc32": "0a1b2c3d"}

- `sha256` is that of the whole file in hex, null while it is not known: it is open, or was closed by the recovery.
- `length` is what was sent: what was asked for, at most 16384, and not beyond `size`; 16384 is asked for where none is given. Where
  `offset` is `size` nothing is sent. A segment that is open ends where its last commit did, and grows.
- `crc32` is that of the bytes sent (IEEE, as zlib's), 8 hex digits. A block that arrives garbled, or has no answer, is asked for again.
- Log lines begin with "[" and may come between rows, never within one; no row of base64 does. An error is the usual answer, also
  after some rows: then they count for nothing.
- A program goes on at any offset; at the end it compares `sha256`.
- The answer may take as long as a segment lasts (`segment_ms`): with little memory left it waits until the recorder has tidied up.
"""

from firmware.compat import const, hexlify, sleep_ms
from firmware.console import blocks, words
from firmware.console.errors import CommandError

NAME = "segments"
USAGE = "segments [open|closed|stored|set_aside|kept] [lines], or segments get boot/segment [offset [length]]"
HELP = "List the newest segments, or send the bytes of one."
EXAMPLE = "segments closed 5"
STATES = ("open", "closed", "stored", "set_aside", "kept")
WORDS = STATES + ("get",)

_LINES = 10
_MOST = 200
_AT_ONCE = const(64)  # looked at before other tasks get their turn


async def talk(context, args, terminal):
    store = words.need(context.store, "The card")
    if args[:1] == ["get"]:
        return await _get(context, store, args[1:], terminal)
    return await _list(store, args)


def text(result):
    return _list_text(result) if "segments" in result else _get_text(result)


# -- the list --------------------------------------------------------------------------------


async def _list(store, args):
    words.at_most(args, 2, USAGE)
    lines = words.whole_number(args[-1], 1, _MOST, "number of lines") if args and args[-1].isdigit() else _LINES
    states = [word for word in args if not word.isdigit()]
    state = words.choice(states[0], STATES, USAGE) if states else None
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


def _list_text(result):
    rows = [_row(found) for found in result["segments"]]
    which = result["state"].replace("_", " ") + " " if result["state"] else ""
    rows.append("%s, %d shown" % (words.count(result["total"], which + "segment"), len(rows)))
    return "\n".join(rows)


def _row(found):
    kept = "  kept" if found["kept"] else ""
    return "%06d/%06d  %-9s  %s%s" % (found["boot"], found["segment"], found["state"], words.size(found["size"]), kept)


# -- the bytes of one ------------------------------------------------------------------------


async def _get(context, store, args, terminal):
    words.at_most(args, 3, USAGE)
    if not args:
        raise CommandError("Which segment?", "Usage: %s" % USAGE)
    boot, segment = words.segment_name(args[0])
    found = store.find(boot, segment)
    if found is None:
        raise CommandError("There is no segment %d/%d on the card." % (boot, segment), "Type segments to see the newest.")
    with open(store.path(boot, segment), "rb") as file:
        result = {"boot": boot, "segment": segment, "state": found[0], "size": _size(file), "sha256": _sha256(found[1])}
        if len(args) > 1:
            offset = words.whole_number(args[1], 0, result["size"], "offset")
            length = words.whole_number(args[2], 1, blocks.MOST_BYTES, "length") if len(args) > 2 else blocks.MOST_BYTES
            length = min(length, result["size"] - offset)
            await blocks.spare_the_heap(context.recorder, 2 * context.settings.segment_ms)
            crc = await blocks.send(file, offset, length, terminal)
            result.update({"offset": offset, "length": length, "crc32": "%08x" % crc})
    return result


def _size(file):
    """Of what is durable: of an open segment more may be on its way."""
    file.seek(0, 2)
    return file.tell()


def _sha256(info):
    return hexlify(info.sha256) if info and info.hashed else None


def _get_text(result):
    name = "%d/%d" % (result["boot"], result["segment"])
    if "crc32" in result:
        return "%d bytes of %s from %d, CRC-32 %s" % (result["length"], name, result["offset"], result["crc32"])
    return "%s is %s and has %s; daylog pull gets it over this line." % (name, result["state"], words.size(result["size"]))
