# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A line as words. "Double quotes" hold blanks together, also in the middle of a word, and \\ takes any character as it is.

split('wifi add "My Net" 2')    # ["wifi", "add", "My Net", "2"]
quoted("My Net")                # '"My Net"'
"""

from firmware.console.errors import CommandError

_QUOTE, _ESCAPE = '"', "\\"


def split(line):
    """Raises CommandError for a quote that is never closed."""
    words, word, in_quotes, escaped = [], None, False, False
    for character in line:
        if escaped:
            word, escaped = word + character, False
        elif character == _ESCAPE:
            word, escaped = word or "", True
        elif character == _QUOTE:
            word, in_quotes = word or "", not in_quotes
        elif character == " " and not in_quotes:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + character
    if in_quotes or escaped:
        raise CommandError("The quote is not closed." if in_quotes else "Nothing follows the last \\.", 'Write "two words" like this.')
    return words + ([] if word is None else [word])


def quoted(word):
    """The word as `split` takes it."""
    for character in (_ESCAPE, _QUOTE):
        word = word.replace(character, _ESCAPE + character)
    return '"%s"' % word if " " in word or not word else word
