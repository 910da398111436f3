# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The board itself: its last end, battery, heat, memory and clock."""

from firmware.compat import collect, const, free_bytes
from firmware.console import words
from firmware.console.checks import failed, passed, warned
from firmware.console.commands.status import power_words
from firmware.console.errors import CommandError
from firmware.governor import HOT_C, REST_C
from firmware.timekeeper import RTC, iso

_LOW_PERCENT, _EMPTY_PERCENT = 20, 5
_COLLECT_MS = const(500)
_LITTLE_BYTES = const(65536)


async def system(app, _say):
    """How the last boot ended, and whether this one runs as it should."""
    if app.last_words.is_safe:
        return warned("It runs in safe mode: without radio and upload.", "Type log to see why; reboot tries again.")
    if app.last_words.hung:
        return warned("The watchdog has reset it, because %s hung." % app.last_words.hung, "Type bundle and send that to support.")
    restarts = app.health.counters.get("task_restarts", 0)
    if restarts:
        return warned(
            "Parts of it had to be started again %s." % words.count(restarts, "time"), "Type events task; send a bundle to support."
        )
    return passed("runs since boot %d, %s" % (app.keeper.boot, words.duration(app.keeper.uptime_ms())))


async def battery(app, _say):
    if "gauge" in app.health.problems:
        return failed(app.health.problems["gauge"], "Until it answers nobody knows how long the battery lasts.")
    power = app.power.status()
    if power is None:
        raise CommandError("No battery gauge answers on this board.")
    percent, said = power["percent"], power_words(power)
    if percent is None or power["external"] or percent > _LOW_PERCENT:
        return passed(said)
    return (failed if percent <= _EMPTY_PERCENT else warned)(said, "Charge it.")


async def temperature(app, _say):
    chip_c = app.board.temperature_c()
    if chip_c is None:
        raise CommandError("This chip does not tell how warm it is.")
    if chip_c < HOT_C:
        return passed("%d C" % chip_c)
    return (failed if chip_c >= REST_C else warned)("%d C" % chip_c, "Let it cool down: from %d C on it rests." % REST_C)


async def memory(app, _say):
    """Garbage counts as used until the recorder has collected it."""
    if app.recorder.quiet_ms() >= _COLLECT_MS:
        collect()
    free = free_bytes()
    if free < _LITTLE_BYTES:
        return warned("%s free" % words.size(free), "Type pause and doctor memory: then what is garbage is not counted.")
    return passed("%s free" % words.size(free))


async def clock(app, _say):
    keeper = app.keeper
    if not keeper.unix_ms():
        return failed(app.health.problems.get("clock") or "The time is not known.", "It comes with Wi-Fi; or type time set.")
    if keeper.source == RTC:
        return warned("%s, says only the chip's clock." % iso(keeper.unix_ms()), "It is put right with Wi-Fi; or type time set.")
    return passed("%s, by %s" % (iso(keeper.unix_ms()), keeper.source))
