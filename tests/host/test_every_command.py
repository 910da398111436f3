# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Every command in every use, typed by a person and by a program, on the simulated board: each has help, an example, and `--json`."""

import binascii
import json
import re
from pathlib import Path
from typing import Any

import pytest

from firmware.console.commands import COMMANDS
from host_tools import store
from tests.host.synced_run import Run

VALUE = b"8"
ROW = binascii.b2a_base64(VALUE, newline=False).decode()
NO_KEY = ""  # an open network
DEVICE = "sim-1"
SLEEPS = "shutdown sync"  # and is woken
STARTS_S = 12.0  # from power to whatever is typed
# (what is typed, what is answered to its question, after how many seconds the next is typed)
USES: list[tuple[str, str | None, float]] = [
    ("time set 2026-11-23T12:00:00Z", None, 2),  # before a time server knows better
    ("help", None, 1),
    *[(f"help {command.NAME}", None, 1) for command in COMMANDS],
    *[(f"{command.NAME} --help", None, 1) for command in COMMANDS],
    ("status", None, 1),
    ("doctor", None, 12),
    ("doctor camera wifi", None, 5),
    ("doctor full", None, 60),
    ("log", None, 1),
    ("log 10 -f", "\x03", 2),
    ("events", None, 1),
    ("events wifi", None, 1),
    *[(f"segments {state}", None, 1) for state in ("open", "closed", "stored", "set_aside", "kept")],
    ("segments closed 5", None, 1),
    ("segments get 1/1", None, 1),
    ("segments get 1/1 0 400", None, 6),
    ("camera info", None, 1),
    ("camera snap", None, 5),
    ("camera set flip_y 1", None, 1),
    ("camera set exposure -1", None, 1),
    ("camera test-pattern on", None, 1),
    ("camera test-pattern off", None, 1),
    ("card info", None, 1),
    ("keep 10", None, 2),
    ("keep 1/1", None, 1),
    ("keep 1/1 off", None, 1),
    ("keep off", None, 1),
    ("sync status", None, 1),
    ("sync pause", None, 1),
    ("sync now", None, 5),
    ("wifi list", None, 1),
    ("wifi test", None, 6),
    ("wifi add home2", NO_KEY, 2),
    ("wifi remove home2", None, 1),
    ("power", None, 1),
    ("profile", None, 1),
    ("profile qvga20", None, 2),
    ("time", None, 1),
    ("settings get", None, 1),
    ("settings get target_hours", None, 1),
    ("settings set target_hours 9", None, 1),
    (f"settings put target_hours {len(VALUE)} {binascii.crc32(VALUE):08x}", ROW, 2),
    ("settings export", None, 1),
    ("pause 15", None, 8),
    ("card check", None, 60),
    ("card bench", None, 20),
    (f"card format {DEVICE}", None, 30),
    ("wifi scan", None, 5),
    ("resume", None, 5),
    ("pause", None, 3),
    ("resume", None, 3),
    ("bundle", None, 1),
    ("bundle card", None, 3),
    ("reboot", None, STARTS_S),
    (SLEEPS, None, 2 * STARTS_S),
    ("reboot safe", None, STARTS_S),
    (f"factory-reset {DEVICE}", None, STARTS_S),
    ("shutdown", None, 5),
]
ANSWER_S = 0.5  # until a question stands there
MANY = {"log 10 -f"}  # documents: one an event, and that it was stopped
NAMES_ONE = {
    "factory-reset daylog-1a2b3c",
    "wifi add home",
    "profile vga10",
    "repl",
}  # the example is another; repl: see test_shell_bridge.py
ELSEWHERE = {("log", "-f"), ("keep", "off")}  # behind a number
END = re.compile(r"^(?:daylog> |--- boot )", re.MULTILINE)
PROMPT = re.compile(r"[\w/]*> ")
BYTES = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
WRONG = re.compile(r"Traceback|Usage:|\bType \w+ for the list")


def script(flag: str) -> list[tuple[float, str, str]]:
    """(when, what is typed, the use it belongs to)"""
    typed: list[tuple[float, str, str]] = []
    at_s = STARTS_S
    for line, reply, lasts_s in USES:
        typed.append((at_s, line + flag, line))
        if reply is not None:
            typed.append((at_s + ANSWER_S, reply, ""))
        at_s += lasts_s
    return typed


@pytest.fixture(scope="module")
def person(info: store.StoreInfo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return visit(info, tmp_path_factory.mktemp("person"), "")


@pytest.fixture(scope="module")
def program(info: store.StoreInfo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return visit(info, tmp_path_factory.mktemp("program"), " --json")


def visit(info: store.StoreInfo, out: Path, flag: str) -> dict[str, str]:
    """What is said to each line, up to the next prompt or the next boot."""
    typed = script(flag)
    run = Run(
        info,
        out,
        1,
        seconds=STARTS_S + sum(lasts_s for _, _, lasts_s in USES),
        profile="qvga20",
        typed=[(at_s, text) for at_s, text, _ in typed],
        settings={"segment_ms": 5000},
        wifi_from=STARTS_S + 2,
        wakes=[STARTS_S + at_s for at_s, _, use in typed if use == SLEEPS],
    )
    return answers(run.console.replace("\r", ""), flag)


def answers(console: str, flag: str) -> dict[str, str]:
    """They come in the order in which they were asked for."""
    found, at = {}, 0
    for line, _, _ in USES:
        echo = re.compile(rf"^daylog> {re.escape(line + flag)}$", re.MULTILINE).search(console, at)
        assert echo, f"{line + flag} was not taken: {console[at:][-2000:]}"
        at = echo.end() + 1
        found[line] = END.split(console[at:], maxsplit=1)[0]
    return found


def documents(answer: str) -> list[Any]:
    """The rows of an answer without what is logged meanwhile, what is asked, and the bytes of a segment."""
    rows = [row for row in answer.splitlines() if row and not row.startswith("[") and not PROMPT.match(row) and not BYTES.fullmatch(row)]
    return [json.loads(row) for row in rows]


def test_a_person_is_answered_in_words(person: dict[str, str]):
    assert {line: answer for line, answer in person.items() if not answer.strip() or WRONG.search(answer)} == {}


def test_a_program_is_answered_by_one_document(program: dict[str, str]):
    told = {line: [document["ok"] for document in documents(answer)] for line, answer in program.items() if line not in MANY}
    assert {line: oks for line, oks in told.items() if oks != [True]} == {}


def test_events_that_are_followed_are_documents(program: dict[str, str]):
    *events, end = documents(program["log 10 -f"])
    assert [len(events) >= 10, all({"kind", "level", "text"} <= set(event) for event in events), end["error"]] == [True, True, "Stopped."]


@pytest.mark.parametrize("ask", ["help {}", "{} --help"])
def test_each_has_help_and_an_example(person: dict[str, str], program: dict[str, str], ask: str):
    for command in COMMANDS:
        line, words = ask.format(command.NAME), (command.USAGE, command.HELP, command.EXAMPLE)
        assert person[line] == "usage    %s\ndoes     %s\nexample  %s\n" % words
        assert documents(program[line])[0]["commands"] == [dict(zip(("name", "usage", "help", "example"), (command.NAME, *words)))]


def test_no_use_is_forgotten():
    used = {tuple(line.split()[:2]) for line, _, _ in USES}
    words = {(command.NAME, word) for command in COMMANDS if command.NAME != "doctor" for word in command.WORDS}
    lines = {line for line, _, _ in USES}
    examples = {command.EXAMPLE.replace(" --json", "") for command in COMMANDS}
    assert [sorted(words - used - ELSEWHERE), sorted(examples - lines - NAMES_ONE)] == [[], []]
