# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`wifi`: the known networks and how they did since boot; what is in reach; one more, or one less.

wifi add "My Net" 5 hidden --json
key> ********                               # not echoed; Enter alone: an open network
{"ok": true, "name": "wifi", "takes_effect": "at once"}
"""

from firmware.console import words
from firmware.console.checks import are_good, look, network, summary
from firmware.console.commands import settings
from firmware.console.commands.status import link_words
from firmware.console.errors import CommandError, SecretShown
from firmware.console.tokens import quoted

NAME = "wifi"
USAGE = "wifi [list|scan|test|add name [priority] [hidden] [metered]|remove name]"
HELP = "Show the networks, look for others, add or remove one."
EXAMPLE = "wifi add home"
WORDS = ("list", "scan", "test", "add", "remove")

_KINDS = ("hidden", "metered")
_MOST_NAME_BYTES = 32
_SHORTEST_KEY, _LONGEST_KEY = 8, 63


def complete(context, before):
    if not before:
        return WORDS
    known = [quoted(entry["ssid"]) for entry in context.settings.wifi] if len(before) == 1 and before[0] in ("add", "remove") else []
    return known + list(_KINDS if len(before) > 1 and before[0] == "add" else ())


async def talk(context, args, terminal):
    action = words.choice(args[0] if args else "list", WORDS, USAGE)
    return await _ACTIONS[action](context, args[1:], terminal)


# -- looking -------------------------------------------------------------------------------


async def _list(context, args, _terminal):
    words.at_most(args, 0, USAGE)
    return {"link": context.link.status(), "networks": context.link.networks.table()}


async def _scan(context, args, terminal):
    return dict(await _list(context, args, terminal), heard=network.hear(context))


async def _test(context, args, terminal):
    """The way to the store, step by step."""
    words.at_most(args, 0, USAGE)
    findings = []
    for name, check in network.CHECKS:
        findings += await look(name, check, context, terminal)
    return {"good": are_good(findings), "findings": findings}


# -- changing ------------------------------------------------------------------------------


async def _add(context, args, terminal):
    added = _described(args)
    key = await terminal.ask("key> ")
    if key and not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise CommandError("A key has 8 to 63 characters; this one has %d." % len(key), "Enter alone means an open network.")
    added["key"] = key
    return settings.change(context, "wifi", _with(context.settings.wifi, added))


def _described(args):
    """A network as it stands on the line. Whatever else is on it may be its key."""
    if not args or not 0 < len(args[0].encode()) <= _MOST_NAME_BYTES:
        raise CommandError("Which network?", "Usage: %s" % USAGE)
    described = {"ssid": args[0]}
    for word in args[1:]:
        if word in _KINDS:
            described[word] = True
        elif word[word[:1] == "-" :].isdigit() and -99 <= int(word[:4]) <= 99:
            described["priority"] = int(word)
        else:
            raise SecretShown("Behind the name comes a priority, hidden or metered.", "The key is asked for, and not shown.")
    return described


def _with(known, added):
    """The same list with this network in it: in its old place, or at the end."""
    others = [added if other["ssid"] == added["ssid"] else other for other in known]
    return others if added in others else others + [added]


async def _remove(context, args, _terminal):
    known = context.settings.wifi
    others = [other for other in known if [other["ssid"]] != args]
    if len(others) == len(known):
        raise CommandError("There is no network %s." % " ".join(args), "Type wifi for the list.")
    return settings.change(context, "wifi", others)


# -- telling -------------------------------------------------------------------------------


def text(result):
    if "name" in result:
        return settings.text(result)
    if "findings" in result:
        return summary(result["findings"])
    rows = [("link", link_words(result["link"]))] + [(row["ssid"], _network(row)) for row in result["networks"]]
    heard = result.get("heard") or {}
    rows += [("hears " + (ssid or "(no name)"), "%d dBm" % heard[ssid]) for ssid in sorted(heard, key=lambda ssid: -heard[ssid])]
    return words.table(rows)


def _network(row):
    parts = ["priority %d" % row["priority"]] if row["priority"] else []
    parts += row["kind"]
    if row["rssi_dbm"] is not None:
        parts.append("%d dBm" % row["rssi_dbm"])
    parts.append("joined %s" % words.count(row["joins"], "time"))
    if row["stored_bytes"]:
        parts.append("%s stored" % words.size(row["stored_bytes"]))
    if row["failures"]:
        parts.append("%s, the last: %s" % (words.count(row["failures"], "failure"), row["why"]))
    if row["barred_ms"]:
        parts.append("left alone for %s" % words.duration(row["barred_ms"]))
    return ", ".join(parts)


_ACTIONS = {"list": _list, "scan": _scan, "test": _test, "add": _add, "remove": _remove}
