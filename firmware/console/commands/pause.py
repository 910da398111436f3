# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`pause`: stop recording, for good or for some minutes. One without an end outlives a reboot."""

from firmware.compat import sleep_ms
from firmware.console import words

NAME = "pause"
USAGE = "pause [minutes]"
HELP = "Stop recording until resume, or for some minutes."
EXAMPLE = "pause 15"
WORDS = ()

TIMER = "pause timer"  # the name of the task that ends the pause
_MOST_MINUTES = 24 * 60


async def run(context, args):
    words.at_most(args, 1, USAGE)
    minutes = words.whole_number(args[0], 1, _MOST_MINUTES, "number of minutes") if args else None
    recorder = words.need(context.recorder, "The recorder")
    await context.supervisor.stop(TIMER)
    recorder.pause()
    remember(context.settings, minutes is None)
    if minutes:
        context.supervisor.start(TIMER, lambda: _resume_after(recorder, minutes))
    return {"state": "paused", "minutes": minutes}


def remember(settings, paused):
    """What the next boot begins with. Raises OSError."""
    if settings.paused != paused:
        settings.set("paused", paused)
        settings.save()


async def _resume_after(recorder, minutes):
    await sleep_ms(minutes * 60_000)
    recorder.resume()


def text(result):
    if result["minutes"] is None:
        return "Paused. Type resume to record again."
    return "Paused for %s; type resume to record sooner." % words.count(result["minutes"], "minute")
