# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`log`: the last events, oldest first; with -f also what comes, until Ctrl-C.

The shell shows events of itself whenever they come, so for people -f does nothing but wait. For programs (`log -f --json`) each
event is a line of JSON: this is the one answer that has more than one.
"""

import asyncio

from firmware.console import words

NAME = "log"
USAGE = "log [lines] [-f]"
HELP = "Show the last events; with -f, those to come too."
EXAMPLE = "log 10 -f"
WORDS = ("-f",)

_LINES = 20
_MOST = 64  # what the health record keeps


async def talk(context, args, terminal):
    follow = args[-1:] == ["-f"]
    numbers = args[:-1] if follow else args
    words.at_most(numbers, 1, USAGE)
    lines = words.whole_number(numbers[0], 1, _MOST, "number of lines") if numbers else _LINES
    result = {"events": [words.event_entry(event) for event in context.health.events[-lines:]]}
    if follow:
        await _follow(context.health, result, terminal)
    return result


async def _follow(health, result, terminal):
    """Until it is cancelled."""
    news = News()
    terminal.say(text(result))
    for event in result["events"]:
        await terminal.send_json(event)
    health.listeners.append(news.hear)
    try:
        while True:
            await terminal.send_json(await news.next())
    finally:
        health.listeners.remove(news.hear)


class News:
    """Events that somebody has not been told yet."""

    def __init__(self):
        self._waiting = []
        self._some = asyncio.Event()

    def hear(self, *event):
        if len(self._waiting) < _MOST:
            self._waiting.append(words.event_entry(event))
        self._some.set()

    async def next(self):
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.pop(0)


def text(result):
    return "\n".join([words.event_row(event) for event in result["events"]]) or "Nothing has happened yet."
