# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Any line splits or is refused in words; what was quoted comes back."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.console.errors import CommandError
from firmware.console.tokens import quoted, split

LINES = st.text(st.sampled_from('ab "\\-/0'), max_size=40)


@given(LINES)
def test_any_line_splits_or_is_refused(line: str):
    try:
        words = split(line)
    except CommandError as error:
        assert error.hint
    else:
        assert split(" ".join(map(quoted, words))) == words


@given(st.lists(st.text(max_size=20)))
def test_what_was_quoted_comes_back(words: list[str]):
    assert split("  ".join(quoted(word) for word in words)) == words
