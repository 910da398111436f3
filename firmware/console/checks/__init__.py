# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What `doctor` looks at, one module for each part of a recorder.

A check is `async check(app, say)`: it tells with `say` how far it is when it takes longer than a moment, and returns findings,
[(verdict, what was found, what to do)]. What cannot be looked at now it skips by raising CommandError, which says why.
A check takes no longer than a frame without an await.
"""

from firmware.console.errors import CommandError, in_words

PASS, WARN, FAIL, SKIP = "PASS", "WARN", "FAIL", "SKIP"


def passed(text):
    return [(PASS, text, "")]


def warned(text, hint):
    return [(WARN, text, hint)]


def failed(text, hint):
    return [(FAIL, text, hint)]


async def look(name, check, app, terminal):
    """The findings of one check, for programs; people are told at once."""
    say = lambda said: terminal.say("       %s: %s ..." % (name, said))  # noqa: E731
    try:
        found = await check(app, say)
    except CommandError as error:
        found = [(SKIP, error.message, error.hint)]
    except (OSError, MemoryError) as error:
        found = [(FAIL,) + in_words(error)]
    rows = [{"check": name, "verdict": verdict, "text": said, "hint": hint} for verdict, said, hint in found]
    for row in rows:
        terminal.say("%s   %s: %s%s" % (row["verdict"], name, row["text"], "\n       " + row["hint"] if row["hint"] else ""))
    return rows


def are_good(findings):
    return not any(row["verdict"] == FAIL for row in findings)


def summary(findings):
    """How many there were of each verdict."""
    verdicts = [row["verdict"] for row in findings]
    return ", ".join(["%d %s" % (verdicts.count(verdict), verdict) for verdict in (PASS, WARN, FAIL, SKIP) if verdict in verdicts])
