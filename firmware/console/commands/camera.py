# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`camera`: what it is set to, and a picture of what it sees.

    camera snap --json
    {"ok": true, "boot": 12, "segment": 3, "offset": 49152, "size": 33120, "sequence": 4711, "width": 800, "height": 600, "whole": true}

The picture is the next frame that is recorded, once it is durable (a second or two; with a time-lapse its next picture). It is a
JPEG that lies in the film: `segments get 12/3 49152 33120` gives its bytes, as that command's page says.
"""

from firmware import channels, snapshot
from firmware.cadence import period_us
from firmware.compat import const
from firmware.console import words
from firmware.console.commands import settings
from firmware.console.errors import CommandError
from firmware.settings import KNOBS

NAME = "camera"
USAGE = "camera [info|snap|set knob value|test-pattern on|off]"
HELP = "Show what the camera does, take a picture, or set it."
EXAMPLE = "camera set flip_y 1"
WORDS = ("info", "snap", "set", "test-pattern")

PATTERN, PATTERN_PROBLEM = "test_pattern", "the camera gives a test pattern, and that is recorded; type camera test-pattern off"
_STATES = ("off", "on")
_PATIENCE_MS = const(15_000)


def complete(_context, before):
    if not before:
        return WORDS
    return {"set": tuple(sorted(KNOBS)), "test-pattern": _STATES}.get(before[0], ()) if len(before) == 1 else ()


async def run(context, args):
    action = words.choice(args[0] if args else "info", WORDS, USAGE)
    return dict(await _ACTIONS[action](context, args[1:]), action=action)


def text(result):
    return _TEXTS[result["action"]](result)


# -- what it does --------------------------------------------------------------------------


async def _info(context, args):
    words.at_most(args, 0, USAGE)
    recorder, profile = context.recorder, context.config["profiles"][context.recorder.profile]
    facts = {key: profile[key] for key in ("width", "height", "fps")}
    told = dict(context.settings.camera, test_pattern=int(PATTERN in context.health.problems))
    return dict(facts, state=recorder.state, profile=recorder.profile, frames_seen=recorder.sequence, set=told)


def _info_text(result):
    profile = "%s: %dx%d, %d fps" % (result["profile"], result["width"], result["height"], result["fps"])
    told = ", ".join(["%s %d" % (knob, result["set"][knob]) for knob in sorted(result["set"]) if result["set"][knob]])
    rows = [("state", result["state"]), ("profile", profile), ("frames", "%d seen since boot" % result["frames_seen"]), ("set", told)]
    return words.table(rows)


# -- a picture -----------------------------------------------------------------------------


async def snap(context, args=()):
    """Where the next frame is, and what it is."""
    words.at_most(args, 0, USAGE)
    profile = context.config["profiles"][context.recorder.profile]
    if profile.get("codec", channels.JPEG) != channels.JPEG:
        raise CommandError("This camera gives a stream, and no single pictures.", "daylog pull, on a computer, gets a segment of it.")
    if context.recorder.state in ("paused", "stopped"):
        raise CommandError("Nothing is recorded: there is no next frame.", "Type resume first.")
    picture = await snapshot.take(context, period_us(profile) // 1000 + _PATIENCE_MS)
    if picture is None:
        raise CommandError("No frame was recorded in time.", "Type status: it says what is wrong with camera or card.")
    found = {key: getattr(picture, key) for key in ("boot", "segment", "offset", "size", "sequence", "width", "height")}
    return dict(found, whole=picture.is_whole)


def _snap_text(result):
    rows = [
        (
            "picture",
            "%dx%d, %s%s" % (result["width"], result["height"], words.size(result["size"]), "" if result["whole"] else ", NO JPEG"),
        ),
        ("frame", "%d, in segment %d/%d at %d" % tuple([result[key] for key in ("sequence", "boot", "segment", "offset")])),
    ]
    return words.table(rows) + "\ndaylog snap -o x.jpg, on a computer, gets it over this line."


# -- what it is told -----------------------------------------------------------------------


async def _set(context, args):
    """For good: also after a reboot."""
    if len(args) != 2 or args[0] not in KNOBS:
        raise CommandError("Which knob, and where?", "One of %s; such as: %s" % (", ".join(sorted(KNOBS)), EXAMPLE))
    knob, value = args[0], words.signed_number(args[1], *KNOBS[args[0]], "setting of " + args[0])
    _tune(context, knob, value)
    settings.change(context, "camera", dict(context.settings.camera, **{knob: value}))
    return {"knob": knob, "value": value}


async def _test_pattern(context, args):
    """Not for good: a reboot ends it, and until then it is a problem that everybody sees."""
    words.at_most(args, 1, USAGE)
    value = _STATES.index(words.choice(args[0] if args else "", _STATES, USAGE))
    _tune(context, PATTERN, value)
    if value:
        context.health.set_problem(PATTERN, PATTERN_PROBLEM)
    else:
        context.health.clear_problem(PATTERN)
    return {"knob": PATTERN, "value": value}


def _tune(context, knob, value):
    try:
        context.camera.tune(knob, value)
    except OSError:
        raise CommandError("This camera does not do %s." % knob, "Nothing was changed.")  # noqa: B904  MicroPython has no exception chaining


def _tuned_text(result):
    return "%s is %d." % (result["knob"], result["value"])


_ACTIONS = {"info": _info, "snap": snap, "set": _set, "test-pattern": _test_pattern}
_TEXTS = {"info": _info_text, "snap": _snap_text, "set": _tuned_text, "test-pattern": _tuned_text}
