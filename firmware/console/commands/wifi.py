# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`wifi`: the known networks and how they did since boot, or what is in reach now."""

from firmware.console import words
from firmware.console.commands.status import link_words
from firmware.console.errors import CommandError
from firmware.link import SCAN_MS

NAME = "wifi"
USAGE = "wifi [list|scan]"
HELP = "Show the known networks and how they did, or what is in reach."
EXAMPLE = "wifi scan"
WORDS = ("list", "scan")


async def run(context, args):
    words.at_most(args, 1, USAGE)
    link = context.link
    result = {"link": link.status(), "networks": link.networks.table()}
    if words.choice(args[0] if args else "list", WORDS, USAGE) == "scan":
        if context.recorder.quiet_ms() < SCAN_MS:
            raise CommandError("A scan would stop the recorder for two seconds.", "Type pause first, and resume afterwards.")
        result["heard"] = link.scan()
    return result


def text(result):
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
