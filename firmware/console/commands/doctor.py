# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`doctor`: looks at every part of the recorder while it records, and says what to do.

    doctor --json
    {"ok": true, "good": false, "findings": [{"check": "battery", "verdict": "WARN", "text": "3.55 V, 12 %", "hint": "Charge it."}, ...]}

Verdicts are PASS, WARN, FAIL and SKIP. What would cost frames is skipped; `doctor full` pauses the recording for it: for half a
minute, or some minutes where a large card is empty.
"""

from firmware.console import words
from firmware.console.checks import are_good, board, look, network, recording, summary
from firmware.console.errors import CommandError
from firmware.pause import comes_to_rest

NAME = "doctor"
USAGE = "doctor [full|check...]"
HELP = "Check every part, and say what to do; full: with a pause."
EXAMPLE = "doctor camera wifi"

_FULL = "full"
_PAUSE_MINUTES = 15  # it ends by itself if nobody ends it
_CHECKS = (  # in this order
    ("system", board.system),
    ("camera", recording.camera),
    ("beside", recording.beside),
    ("microphone", recording.microphone),
    ("card", recording.card),
    ("battery", board.battery),
    ("temperature", board.temperature),
    ("memory", board.memory),
    ("wifi", network.wifi),
    ("clock", board.clock),
    ("dns", network.dns),
    ("store", network.store),
)
_WHILE_PAUSED = (
    ("surface", recording.surface),
    ("speed", recording.speed),
    ("scan", network.scan),
)
NAMES = tuple([name for name, _ in _CHECKS + _WHILE_PAUSED])
WORDS = (_FULL,) + NAMES


def complete(_context, _before):
    return WORDS


async def talk(context, args, terminal):
    full = args == [_FULL]
    chosen = NAMES if full or not args else [words.choice(word, NAMES, USAGE) for word in args]
    findings = await _all(_CHECKS, chosen, context, terminal)
    if context.recorder.state == "paused":
        findings += await _all(_WHILE_PAUSED, chosen, context, terminal)
    elif full:
        findings += await _in_a_pause(chosen, context, terminal)
    else:
        findings += await _all([(name, _skipped) for name, _ in _WHILE_PAUSED], chosen, context, terminal)
    return {"good": are_good(findings), "findings": findings}


async def _all(checks, chosen, context, terminal):
    findings = []
    for name, check in checks:
        if name in chosen:
            findings += await look(name, check, context, terminal)
    return findings


async def _skipped(_context, _say):
    raise CommandError("It would cost frames.", "Type doctor full: it pauses the recording for that.")


async def _in_a_pause(chosen, context, terminal):
    terminal.say("The recording pauses until this is done. Ctrl-C ends it.")
    await context.pause.begin(_PAUSE_MINUTES)
    try:
        if not await comes_to_rest(context.recorder):
            raise CommandError("The recorder does not come to rest.", "Type status to see what it waits for.")
        return await _all(_WHILE_PAUSED, chosen, context, terminal)
    finally:
        await context.pause.end()


def text(result):
    """Each finding was told when it was made."""
    return summary(result["findings"])
