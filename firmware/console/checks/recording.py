# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What footage comes from and goes to: camera and card."""

from firmware import channels
from firmware.card_words import NONE
from firmware.console import words
from firmware.console.checks import failed, passed, warned
from firmware.console.commands import camera as camera_command
from firmware.console.commands import card as card_command

_CARD_PROBLEMS = ("card", "counterfeit", "card_worn", "recording")
_LITTLE_PERCENT = 5
_CABLE = "Switch it off, press both ends of the camera's cable home, and switch it on."
_ENCODER = "Is it plugged in, does nobody else use it, is the program that is named installed? The recorder goes on trying."


async def camera(app, say):
    """A picture of now, as it is recorded."""
    profile = app.config["profiles"][app.recorder.profile]
    if "camera" in app.health.problems:
        return failed(app.health.problems["camera"], _ENCODER if "encoder" in profile else _CABLE)
    if profile.get("codec") == channels.H264 and app.recorder.state == "recording":
        return passed("a stream of %dx%d, %d frames since boot" % (profile["width"], profile["height"], app.recorder.sequence))
    say("waiting for the next picture")
    picture = await camera_command.snap(app)
    said = "a picture of %dx%d, %s" % (picture["width"], picture["height"], words.size(picture["size"]))
    if not picture["whole"] or (picture["width"], picture["height"]) != (profile["width"], profile["height"]):
        return failed(
            "%s, and no JPEG of %dx%d" % (said, profile["width"], profile["height"]), "Is this the camera the board was made for?"
        )
    if camera_command.PATTERN in app.health.problems:
        return warned(said, app.health.problems[camera_command.PATTERN])
    return passed(said)


async def microphone(app, _say):
    """Nothing is said of one that nobody wants."""
    if not app.settings.microphone:
        return []
    if app.board.microphone is None:
        return warned("sound is wanted, and this board has no microphone that can be read", "Type settings set microphone false.")
    if "microphone" in app.health.problems:
        return failed(app.health.problems["microphone"], "Check its wires or its cable, and that nobody else uses it.")
    lost_ms = app.health.counters.get("lost_sound_ms", 0)
    said = "%d samples a second" % app.board.microphone.rate_hz
    if lost_ms:
        return warned("%s; %d ms of sound were lost since boot" % (said, lost_ms), "The card stalls for too long: type card bench.")
    return passed(said)


async def card(app, _say):
    """What is known of it without keeping it busy."""
    problems = [app.health.problems[key] for key in _CARD_PROBLEMS if key in app.health.problems]
    if problems or app.store is None:
        return failed(problems[0] if problems else NONE, "Type card to see more.")
    info = await card_command.info(app)
    said = "%s of %s free, %s to store" % tuple(words.size(info[key]) for key in ("free_bytes", "total_bytes", "unstored_bytes"))
    if info["errors"] or info["stalls"]:
        hint = "Type pause and doctor surface speed; a card that errs again is to be replaced."
        return warned("%s; %s, %s" % (said, words.count(info["errors"], "error"), words.count(info["stalls"], "stall")), hint)
    if 100 * info["free_bytes"] < _LITTLE_PERCENT * info["total_bytes"] and info["unstored_bytes"]:
        return warned(said, "Bring it into Wi-Fi: stored segments make room.")
    return passed(said)


async def surface(app, say):
    say("reading and writing all over the card")
    result = await card_command.check(app)
    found = [row["text"] for row in result["found"] if row["good"] == result["good"]]
    if result["good"]:
        return passed("; ".join(found))
    return failed("; ".join(found), "Get the footage off the card and replace it.")


async def speed(app, say):
    say("writing 2 MB to the card and reading them")
    measured = await card_command.bench(app)
    said = "writes %d kB/s, pauses up to %d ms, reads %d kB/s" % tuple(
        measured[key] for key in ("write_kbps", "longest_pause_ms", "read_kbps")
    )
    if measured["wrong_slices"] or measured["profile"] not in measured["good_for"]:
        return failed(said, card_command.verdict(measured))
    if measured["longest_pause_ms"] > measured["bridged_ms"]:
        return warned(said, card_command.verdict(measured))
    return passed(said)
