# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What outlives a reset: who hung, and how many starts in a row came to nothing.

words = LastWords(board)
words.hung             # "uploader": what the last boot said when the watchdog was about to reset; "" if nothing
words.is_safe          # too many starts came to nothing: leave the radio and the extras off
words.hangs("uploader")
words.lived()          # this start came to something
"""

from firmware.compat import const

SHORT_STARTS = const(5)  # so many in a row are a crash loop
_ASKED = const(-1)  # in the place of their number: safe mode was asked for
_STARTS, _HUNG = "starts", "hung"


class LastWords:
    """Counts this start as one that came to nothing, until `lived` or `ends_well` is called.

    A memory that cannot be written costs these words, and nothing else.
    """

    def __init__(self, board):
        self._board = board
        self._before = board.nvs_get(_STARTS)
        self.hung = board.nvs_get_text(_HUNG)
        self.is_safe = not 0 <= self._before < SHORT_STARTS
        if self.hung:
            self._keep(board.nvs_set_text, _HUNG, "")
        if not self.is_safe:
            self._count(self._before + 1)

    def why_safe(self):
        """In words, why this boot began in safe mode."""
        if self._before == _ASKED:
            return "it was asked for"
        return "%d starts in a row came to nothing" % SHORT_STARTS + (", the last because %s hung" % self.hung if self.hung else "")

    def hangs(self, name):
        """The watchdog is about to reset. Safe to call from a timer: it waits for nothing but the flash."""
        self._keep(self._board.nvs_set_text, _HUNG, name)

    def lived(self):
        """The board has run long enough to call this start a good one."""
        self._count(0)

    ends_well = lived

    def leave_safe_mode(self):
        """On trial: the next start that comes to nothing leads back."""
        self.is_safe = False
        self._count(SHORT_STARTS - 1)

    def ask_for_safe_mode(self):
        """For the next boot."""
        self._count(_ASKED)

    def _count(self, starts):
        self._keep(self._board.nvs_set, _STARTS, starts)

    def _keep(self, put, key, value):
        try:
            put(key, value)
        except OSError:
            pass
