# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`settings`: what this recorder was told. Secrets go in, and never come out again.

    settings set target_hours 9 --json
    {"ok": true, "name": "target_hours", "takes_effect": "at once"}

A program, and whoever has a secret or a long value, gives the JSON of it in rows that are not echoed:

    settings put store 1234 0a1b2c3d --json         # its length in bytes, and their CRC-32 (as zlib's) in 8 hex digits
    0/1234> eyJlbmRwb2ludCI6ICJodHRwczovL3N0b3Jl... # a row of base64, Enter; at most 180 characters, of whole groups of four
    135/1234> ...                                   # a prompt each time, of what has arrived; the next row when it stands there
    {"ok": true, "name": "store", "takes_effect": "at once"}

The rows are not shown, and end when all bytes have come. What has another CRC, is no JSON or cannot be right changes nothing, nor
does Ctrl-C. One setting is saved at a time, whole or not at all: whoever is interrupted begins with the setting that he was at.

`export` gives all that is set, with null in the place of each secret: such a value is refused when it is put back.
"""

import binascii
import json

from firmware.console import words
from firmware.console.errors import CommandError, SecretShown
from firmware.settings import TABLE, without_secrets

NAME = "settings"
USAGE = "settings [get [name]|set name value|put name bytes crc|export]"
HELP = "Show what this recorder was told, or change it."
EXAMPLE = "settings set target_hours 9"
WORDS = ("get", "set", "put", "export")

SECRET = ("wifi", "store")  # what holds secrets is never typed where it shows
_MOST_BYTES = 16384
_BOOT, _SEGMENT, _ONCE = "with the next boot", "with the next segment", "at once"
_EFFECT = {
    "device_id": _BOOT, "part_bytes": _BOOT, "governor": _BOOT, "paused": _BOOT, "ntp_host": "when the time is asked for again",
    "segment_ms": _SEGMENT, "overwrite_unsent": _SEGMENT,
}  # fmt: skip


def complete(_context, before):
    if not before:
        return WORDS
    return sorted(TABLE) if len(before) == 1 and before[0] != "export" else ()


async def talk(context, args, terminal):
    action = words.choice(args[0] if args else "get", WORDS, USAGE)
    return await _ACTIONS[action](context, args[1:], terminal)


def text(result):
    if "name" in result:
        return "%s is set; it takes effect %s." % (result["name"], result["takes_effect"])
    if "export" in result:
        return json.dumps(result["export"])
    rows = result["settings"]
    shown = [(name, json.dumps(rows[name])) for name in sorted(rows)]
    return words.table(shown) + ("\n" + TABLE[shown[0][0]][2] if len(shown) == 1 else "")


# -- looking -------------------------------------------------------------------------------


async def _get(context, args, _terminal):
    words.at_most(args, 1, USAGE)
    names = [_known(args[0])] if args else TABLE
    return {"settings": {name: without_secrets(getattr(context.settings, name)) for name in names}}


async def _export(context, args, _terminal):
    words.at_most(args, 0, USAGE)
    return {"export": told(context.settings)}


def told(settings):
    """All that is not as it is by default, without secrets."""
    changed = [name for name in TABLE if getattr(settings, name) != TABLE[name][0]]
    return {name: without_secrets(getattr(settings, name)) for name in changed}


# -- changing ------------------------------------------------------------------------------


async def _set(context, args, _terminal):
    if len(args) < 2:
        raise CommandError("Which value?", "Usage: settings set name value; settings get name says what it may be.")
    if args[0] in SECRET:
        raise SecretShown("%s holds secrets, which must not be typed where they show." % args[0], _HOW[args[0]])
    words.at_most(args, 2, USAGE)
    return change(context, _known(args[0]), *_readings(args[1]))


async def _put(context, args, terminal):
    if len(args) != 3:
        raise CommandError("A name, a number of bytes and a CRC.", "Usage: settings put name bytes crc")
    name, size = _known(args[0]), words.whole_number(args[1], 1, _MOST_BYTES, "number of bytes")
    data = await _receive(terminal, size)
    if "%08x" % binascii.crc32(data) != args[2].lower():
        raise CommandError("It was garbled on the way: its CRC is another.", "Nothing was changed; try again.")
    try:
        value = json.loads(bytes(data).decode())
    except (ValueError, RuntimeError):  # RuntimeError: nested too deep
        raise CommandError("That is no JSON.", "Nothing was changed.")  # noqa: B904  MicroPython has no exception chaining
    return change(context, name, value)


async def _receive(terminal, size):
    data = bytearray()
    while len(data) < size:
        row = await terminal.ask("%d/%d> " % (len(data), size))
        try:
            data += binascii.a2b_base64(row)
        except ValueError:  # what is missing is asked for again
            pass
    return data


def change(context, name, *readings):
    """Set it to the first of these values that can be right, save it, and tell those whom it concerns."""
    if name == "profile" and readings[-1] and readings[-1] not in context.config["profiles"]:
        raise CommandError("There is no profile %s." % readings[-1], "Type profile for the list.")
    settings = context.settings
    before = getattr(settings, name)
    for value in readings:
        if settings.is_right(name, value):
            break
    else:
        raise CommandError("That cannot be right for %s." % name, "It is: %s." % TABLE[name][2])
    settings.set(name, value)
    try:
        settings.save()
    except OSError:
        settings.set(name, before)
        raise
    context.settings_changed(name)
    context.health.event("settings", "%s was changed" % name)
    return {"name": name, "takes_effect": _EFFECT.get(name, _ONCE)}


def _known(name):
    if name not in TABLE:
        raise CommandError("There is no setting %s." % name, "Type settings for the list.")
    return name


def _readings(word):
    """What a word may mean: 9 is a number first, and text second."""
    try:
        return json.loads(word), word
    except ValueError:
        return (word,)


_HOW = {"wifi": "Type wifi add.", "store": "daylog provision, on a computer, puts it in."}
_ACTIONS = {"get": _get, "set": _set, "put": _put, "export": _export}
