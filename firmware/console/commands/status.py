# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`status`: what the recorder does, what is wrong, and what to do about it."""

from firmware import VERSION
from firmware.console import words
from firmware.stillness import EVERY_MS
from firmware.timekeeper import iso

NAME = "status"
USAGE = "status"
HELP = "Say what the recorder does, and what is wrong."
EXAMPLE = "status --json"
WORDS = ()

_DROPPED = "dropped_"
_SCENES = {True: "still: one frame in %d s is kept" % (EVERY_MS // 1000), False: "moving: every frame is kept"}


async def run(context, args):
    words.at_most(args, 0, USAGE)
    result = context.health.record()
    result.update(
        {
            "device": context.device,
            "board": context.board.name,
            "firmware": VERSION,
            "state": context.recorder.state if context.recorder else "starting",
            "still": context.recorder.stillness.is_still if context.recorder and context.settings.adaptive else None,
            "frames_seen": context.recorder.sequence if context.recorder else 0,
            "beside": context.recorder.beside() if context.recorder else {},
            "reset": {"cause": context.board.reset_cause(), "hung": context.last_words.hung},
            "temperature_c": context.board.temperature_c(),
            "power": context.power.status(),
            "card": _status_of(context.store),
            "link": _status_of(context.link),
            "sync": _status_of(context.uploader),
        }
    )
    return result


def _status_of(part):
    """None while the part does not exist yet: the card may be missing."""
    return part.status() if part else None


def text(result):
    counters = result["counters"]
    rows = [
        ("recorder", "%s (board %s, firmware %s)" % (result["device"], result["board"], result["firmware"])),
        ("state", "%s, for %s since boot %d" % (result["state"], words.duration(result["uptime_ms"]), result["boot"])),
        ("scene", _SCENES.get(result["still"], "")),
        ("reset", _reset(result["reset"])),
        ("time", iso(result["unix_ms"]) if result["unix_ms"] else "not known yet; it comes with Wi-Fi"),
        ("frames", "%d seen, %d in closed segments, %s" % (result["frames_seen"], counters.get("recorded", 0), _dropped(counters))),
        ("beside", ", ".join(["%s: %d seen" % (name, result["beside"][name]) for name in sorted(result["beside"])])),
        ("power", power_words(result["power"])),
        ("card", _card(result["card"])),
        ("link", link_words(result["link"])),
        ("sync", sync_words(result["sync"])),
        ("chip", "" if result["temperature_c"] is None else "%d C" % result["temperature_c"]),
    ]
    return words.table(rows) + "\n" + _problems(result["problems"])


def _reset(reset):
    hung = ", because %s hung" % reset["hung"] if reset["hung"] else ""
    return "%s%s" % (reset["cause"].replace("_", " "), hung)


def _dropped(counters):
    causes = sorted(name for name in counters if name.startswith(_DROPPED) and counters[name])
    if not causes:
        return "none dropped"
    return "dropped: " + ", ".join("%d %s" % (counters[name], name[len(_DROPPED) :].replace("_", " ")) for name in causes)


def _card(card):
    if card is None:
        return "not ready"
    free, pending = words.size(card["free_bytes"]), words.size(card["pending_bytes"])
    counts = card["segments"]
    segments = ", ".join("%d %s" % (counts[state], state.replace("_", " ")) for state in sorted(counts) if counts[state])
    return "%s free, %s to store; segments: %s" % (free, pending, segments or "none")


def power_words(power):
    if power is None:
        return ""
    parts = ["%.2f V" % (power["battery_mv"] / 1000) if power["battery_mv"] else "battery unknown"]
    if power["percent"] is not None:
        parts.append("%d %%" % power["percent"])
    if power["external"]:
        parts.append("charging")
    if power["hours_left"] is not None:
        parts.append("%.1f h left in %s" % (power["hours_left"], power["profile"]))
    return ", ".join(parts)


def link_words(link):
    signal = ", %d dBm" % link["rssi_dbm"] if link["rssi_dbm"] else ""
    return link["state"].replace("_", " ") + signal


def sync_words(sync):
    if sync is None:
        return "not ready"
    failures = ", %s in a row" % words.count(sync["failures"], "failure") if sync["failures"] else ""
    return (sync["state"] if sync["enabled"] else "held") + failures


def _problems(problems):
    if not problems:
        return "Nothing is wrong."
    return "\n".join("PROBLEM %s: %s" % (key, problems[key]) for key in sorted(problems))
