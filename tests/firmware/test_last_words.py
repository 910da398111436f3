# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What outlives a reset: who hung, and when a row of bad starts is a crash loop."""

import unittest

from firmware.last_words import SHORT_STARTS, LastWords


class FakeBoard:
    """The chip's memory, which outlives each LastWords."""

    broken = False

    def __init__(self):
        self.kept = {}

    def nvs_get(self, key):
        return self.kept.get(key, 0)

    def nvs_get_text(self, key):
        return self.kept.get(key, "")

    def nvs_set(self, key, value):
        if self.broken:
            raise OSError(5)
        self.kept[key] = value

    nvs_set_text = nvs_set


class LastWordsTest(unittest.TestCase):
    def setUp(self):
        self.board = FakeBoard()

    def starts(self, number):
        """Whether each of some starts in a row is one in safe mode."""
        return [LastWords(self.board).is_safe for _ in range(number)]

    def test_who_hung_is_told_once(self):
        LastWords(self.board).hangs("uploader")
        self.assertEqual([LastWords(self.board).hung for _ in range(2)], ["uploader", ""])

    def test_bad_starts_in_a_row_lead_to_safe_mode_and_it_stays(self):
        self.assertEqual(self.starts(SHORT_STARTS + 2), [False] * SHORT_STARTS + [True] * 2)

    def test_a_good_start_ends_the_row(self):
        self.starts(SHORT_STARTS - 1)
        LastWords(self.board).lived()
        self.assertEqual(self.starts(SHORT_STARTS + 1), [False] * SHORT_STARTS + [True])

    def test_an_end_that_was_asked_for_is_no_crash(self):
        for _ in range(2 * SHORT_STARTS):
            LastWords(self.board).ends_well()
        self.assertEqual(self.starts(1), [False])

    def test_who_leaves_safe_mode_is_on_trial(self):
        self.starts(SHORT_STARTS)
        LastWords(self.board).leave_safe_mode()
        self.assertEqual(self.starts(2), [False, True])

    def test_safe_mode_can_be_asked_for(self):
        self.starts(1)
        words = LastWords(self.board)
        words.ask_for_safe_mode()
        asked = LastWords(self.board)
        self.assertEqual((words.is_safe, asked.is_safe, asked.why_safe()), (False, True, "it was asked for"))
        asked.ends_well()
        self.assertEqual(self.starts(1), [False])

    def test_the_reason_names_who_hung_last(self):
        self.starts(SHORT_STARTS)
        plain = LastWords(self.board)
        plain.hangs("link")
        self.assertEqual(plain.why_safe(), "5 starts in a row came to nothing")
        self.assertEqual(LastWords(self.board).why_safe(), "5 starts in a row came to nothing, the last because link hung")

    def test_a_memory_that_cannot_be_written_costs_only_the_words(self):
        self.board.broken = True
        words = LastWords(self.board)
        words.hangs("uploader")
        words.lived()
        words.ask_for_safe_mode()
        self.assertEqual((self.board.kept, self.starts(9)), ({}, [False] * 9))

    def test_a_number_that_nobody_wrote_is_a_reason_for_safety(self):
        self.board.kept["starts"] = -77
        self.assertEqual(self.starts(1), [True])


if __name__ == "__main__":
    unittest.main()
