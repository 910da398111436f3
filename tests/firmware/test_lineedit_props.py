# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""No bytes break the line editor, and the screen always shows the line."""

from hypothesis import given
from hypothesis import strategies as st
from test_lineedit import PROMPT, Desk

from firmware.console.lineedit import LONGEST_LINE

KEYS = st.sampled_from([bytes([code]) for code in b"\t\x08\x7f\x01\x05\x02\x06\x10\x0e\x15\x0b\x17\x04\rs "] + [b"\x1b[3~"])


def check(desk):
    editor = desk.editor
    assert 0 <= editor.cursor <= len(editor.text) <= LONGEST_LINE
    assert desk.terminal.row == (PROMPT + editor.text).rstrip()
    assert desk.terminal.column == len(PROMPT) + editor.cursor


@given(st.lists(KEYS, max_size=60))
def test_screen_shows_the_line_after_every_key(keys):
    desk = Desk()
    for key in keys:
        check(desk.type(key))


@given(st.binary(max_size=10_000))
def test_any_bytes_leave_it_usable(noise):
    desk = Desk().type(noise)
    check(desk)
    desk.type(b"\x03status\r")
    assert desk.lines[-1] == "status"
