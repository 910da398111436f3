# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program at a recorder's console, on a line with everything that comes between: the recorder's own line editor echoes."""

from collections.abc import Callable

import pytest
import serial

from host_tools.console_line import PYTHON_PROMPT, STARTING_S, LineError, Refused
from host_tools.errors import DaylogError
from tests.host.fake_recorder import EVENT, FakeRecorder

STATUS = {"status --json": f'{EVENT}\n{{"ok": true, "device": "Küche"}}\n{EVENT}\n'}


def complaint(fake: FakeRecorder, command: str = "status") -> DaylogError:
    with pytest.raises(DaylogError) as said:
        fake.console().ask(command)
    return said.value


def test_the_answer_among_what_is_logged():
    fake = FakeRecorder(STATUS, event_at="stat")
    line = fake.console()
    assert [line.ask("status"), line.ask("status"), fake.entered] == [{"device": "Küche"}, {"device": "Küche"}, ["status --json"] * 2]


def test_the_answer_for_people():
    fake = FakeRecorder({"status": f"state  recording\n{EVENT}\n\nNothing is wrong.\n"})
    assert fake.console().read("status") == "state  recording\n\nNothing is wrong."


@pytest.mark.parametrize("left", ["reb", "\x1b[", "garb\tage\x00\xff", "reboot\x1bO"])
def test_what_was_left_on_the_line_is_not_entered(left: str):
    fake = FakeRecorder(STATUS)
    fake.write(left.encode())
    assert [fake.console().ask("status"), fake.entered] == [{"device": "Küche"}, ["status --json"]]


def test_what_was_left_running_is_stopped_but_a_start_is_not():
    """The keys wait until it ends, and only Ctrl-C ends it."""
    waiting: list[bytes] = []

    def running(data: bytes) -> bytes:
        waiting.append(data)
        if not any(b"\x03" in data for data in waiting):
            return b""
        stopped, waiting[:] = b"".join(waiting).partition(b"\x03")[2], [b"\x03"]
        return stopped

    fake = FakeRecorder(STATUS, noisy=running)
    assert [fake.console().ask("status"), fake.now_s > STARTING_S, fake.entered] == [{"device": "Küche"}, True, ["status --json"]]


def test_what_was_garbled_on_the_way_is_typed_again():
    garbled = [b"\x15ststus --json\x0c", b"\x7f"]
    fake = FakeRecorder(STATUS, noisy=lambda data: garbled.pop(0) if garbled else data)
    assert [fake.console().ask("status"), fake.entered] == [{"device": "Küche"}, ["status --json"]]


def test_a_board_that_was_starting_answers_once():
    """It finds all that was typed meanwhile."""
    waiting: list[bytes] = []

    def late(data: bytes) -> bytes:
        waiting.append(data)
        return b"" if len(waiting) < 3 else b"".join(waiting) if len(waiting) == 3 else data

    fake = FakeRecorder(STATUS, noisy=late)
    assert [fake.console().ask("status"), fake.entered] == [{"device": "Küche"}, ["status --json"]]


def test_what_is_asked_is_answered_once():
    fake = FakeRecorder({"put --json": '{"ok": true}\n'}, questions=["0/2> ", "1/2> "])
    replies = {"0/2>": "a", "1/2>": "b"}
    assert [fake.console().ask("put", reply=replies.get), fake.hidden] == [{}, ["a", "b"]]


def test_a_refusal_in_the_recorder_s_words():
    fake = FakeRecorder({"sttus --json": '{"ok": false, "error": "There is no command sttus.", "hint": "Did you mean status?"}\n'})
    said = complaint(fake, "sttus")
    assert [type(said), said.message, said.hint] == [Refused, "There is no command sttus.", "Did you mean status?"]


@pytest.mark.parametrize(
    ("answers", "noisy", "words"),
    [
        ({}, lambda data: b"", "no recorder answers at /dev/x"),
        ({}, bytes, "began to answer and did not end"),
        ({"status --json": "Nothing\n"}, bytes, "gave no answer to status"),
        ({"status --json": '{"ok": tr}\n'}, bytes, "was garbled on the way"),
    ],
    ids=["silence", "no end", "no JSON", "garbled"],
)
def test_what_is_said_when_no_answer_comes(answers: dict[str, str], noisy: Callable[[bytes], bytes], words: str):
    said = complaint(FakeRecorder(answers, noisy))
    assert [type(said), words in said.message, said.hint != ""] == [LineError, True, True]


def test_the_python_prompt_is_told_from_the_console():
    assert (
        complaint(FakeRecorder({}, prompt=PYTHON_PROMPT + " ")).message
        == "the board at /dev/x is at the Python prompt, and records nothing"
    )


def test_a_board_that_has_gone():
    def gone(data: bytes) -> bytes:
        raise serial.SerialException("device disconnected")

    assert complaint(FakeRecorder({}, gone)).message == "the board at /dev/x has gone"
