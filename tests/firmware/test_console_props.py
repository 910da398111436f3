# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whatever is typed: each command answers or refuses in words, none fails as a fault of the firmware would, and no secret comes out."""

import json

from console_driver import Listener, do
from fake_app import FakeApp, Talk
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.compat import sleep_ms
from firmware.console import errors
from firmware.console.commands import COMMANDS, FILES
from firmware.console.commands.time import parse
from firmware.console.errors import CommandError
from firmware.console.tokens import quoted
from firmware.settings import TABLE
from firmware.timekeeper import EARLIEST_S, LATEST_S, iso

SECRETS = ("hunter2", "top secret")
WORDS = sorted(
    {word for command in COMMANDS for word in command.WORDS} | set(FILES) | set(TABLE) | {"7/1", "home", "on", "off", "-f", "hidden"}
)
NUMBERS = st.integers(-(10**12), 10**12).map(str)
ARGUMENTS = st.lists(st.one_of(st.sampled_from(WORDS), NUMBERS, st.text(max_size=20)), max_size=4)
SLOW = ("doctor", "log")  # of these one waits for a network, the other for ever


@given(st.sampled_from([name for name in FILES if name not in SLOW]), ARGUMENTS, st.text(max_size=70))
@settings(max_examples=250, deadline=None)
def test_every_command_answers_or_refuses_in_words(name: str, arguments: list[str], typed: str):
    app = FakeApp()
    app.shutdown = lambda sync=False: sleep_ms(0)  # or it would wait for an hour
    try:
        said = str(do(" ".join([name, *map(quoted, arguments)]), app, Listener([typed] * 3000)))
    except (CommandError, OSError) as error:  # the fake's card has no files
        assert not isinstance(error, CommandError) or error.message
    else:
        assert not any(secret in said for secret in SECRETS)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(WORDS), st.sampled_from(['"', "\t", "\x03", "\r", "\r\n", " ", "\x1b[A", "--json"]), st.binary(max_size=8)
        )
    )
)
@settings(max_examples=80, deadline=None)
def test_the_console_lives_whatever_is_typed(keys: list[str | bytes]):
    typed = b" ".join(key.encode() if isinstance(key, str) else key for key in keys)
    app = FakeApp()
    app.shutdown = lambda sync=False: sleep_ms(0)
    talk = Talk([typed, 5, b"q\x03", 5, b"\x03time\r", 20], app)
    assert talk.rows[-1] == "daylog>" or "leave" in app.calls, talk.rows[-5:]
    assert not any(secret in row for row in talk.rows for secret in SECRETS)


@given(
    st.sampled_from(sorted(TABLE)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)
@settings(deadline=None)
def test_a_setting_is_what_was_typed_or_what_it_was(name: str, value: object):
    app = FakeApp()
    before = json.dumps(getattr(app.settings, name))
    try:
        do("settings set %s %s" % (name, quoted(json.dumps(value))), app)
    except CommandError:
        assert json.dumps(getattr(app.settings, name)) == before
        assert app.calls == []
    else:
        assert getattr(app.settings, name) in (value, json.dumps(value))


@given(st.text(max_size=30))
def test_any_text_is_a_time_that_can_be_or_refused(text: str):
    try:
        assert EARLIEST_S <= parse(text) < LATEST_S
    except CommandError as error:
        assert errors.in_words(error)[1]


@given(st.integers(EARLIEST_S, LATEST_S - 1))
def test_every_time_is_read_as_it_is_shown(unix_s: int):
    assert parse(iso(1000 * unix_s)) == parse(str(unix_s)) == unix_s
