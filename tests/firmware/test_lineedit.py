# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The line editor, seen on a dumb terminal."""

import unittest

from dumb_terminal import DumbTerminal

from firmware.console.lineedit import LONGEST_LINE, LineEditor, common_start

PROMPT = "> "
UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
HOME, END, DELETE = b"\x1b[H", b"\x1b[F", b"\x1b[3~"
WORDS = ("help", "status", "sync", "segments")


def complete(words, prefix):
    known = WORDS if not words else ("now", "pause") if words == ["sync"] else ()
    return [word for word in known if word.startswith(prefix)]


class Desk:
    """An editor, a terminal, and the lines that came out."""

    def __init__(self):
        self.editor = LineEditor(PROMPT, complete)
        self.terminal = DumbTerminal()
        self.lines = []
        self.editor.open()
        self.type(b"")

    def type(self, data):
        for code in data:
            line = self.editor.feed(code)
            if line is not None:
                self.lines.append(line)
                self.editor.open()
        self.terminal.write(self.editor.take_echo())
        return self

    def seen(self):
        return self.terminal.row, self.terminal.column


def lines(data):
    return Desk().type(data).lines


def seen(data):
    return Desk().type(data).seen()


class LineEnds(unittest.TestCase):
    def test_cr_lf_and_crlf_end_one_line_each(self):
        self.assertEqual(lines(b"a\rb\nc\r\nd\r"), ["a", "b", "c", "d"])

    def test_empty_lines_count(self):
        self.assertEqual(lines(b"\r\r\n\n"), ["", "", ""])

    def test_lf_after_cr_and_a_key_is_a_line_of_its_own(self):
        self.assertEqual(lines(b"a\rb\n"), ["a", "b"])


class Editing(unittest.TestCase):
    def check(self, table):
        for keys, line in table:
            self.assertEqual(lines(keys + b"\r"), [line], "%r -> %r, not %r" % (keys, lines(keys + b"\r"), line))

    def test_keys_change_the_line(self):
        self.check(
            (
                (b"stat", "stat"),
                (b"statx\x08us", "status"),
                (b"statx\x7fus", "status"),
                (b"ac" + LEFT + b"b", "abc"),
                (b"bc\x01a\x05d", "abcd"),
                (b"bc" + HOME + b"a" + END + b"d", "abcd"),
                (b"bc\x1bOHa\x1bOFd", "abcd"),
                (b"bc\x1b[1~a\x1b[4~d", "abcd"),
                (b"ac" + LEFT + RIGHT + LEFT + b"b", "abc"),
                (b"axbc" + HOME + RIGHT + DELETE, "abc"),
                (b"abcd\x02\x02\x0b", "ab"),
                (b"abcd\x02\x02\x15", "cd"),
                (b"sync  now\x17\x17later", "later"),
                (b"sync now  \x17now", "sync now"),
                (b"abc\x1b[1;5D\x04", "ab"),
            )
        )

    def test_keys_at_the_edges_do_nothing(self):
        self.check(((b"\x08\x7f\x04" + LEFT + RIGHT + HOME + END + DELETE + b"\x15\x0b\x17a", "a"),))

    def test_ctrl_c_cancels_the_line(self):
        desk = Desk().type(b"reboot\x03")
        self.assertEqual((desk.terminal.rows[0], desk.seen(), desk.lines), ("> reboot^C", ("> ".rstrip(), 2), []))

    def test_ctrl_c_works_in_the_middle_of_a_sequence(self):
        self.assertEqual(lines(b"x\x1b\x03a\x1b[1\x03status\r"), ["status"])

    def test_unknown_sequences_and_bytes_are_swallowed(self):
        self.check(((b"\x1b[99~\x1b[Z\x1bx\x00\xff\xc3\xa9\x1b[12345678912m\x16ok", "12mok"),))

    def test_long_line_is_bounded_and_marked(self):
        desk = Desk()
        for code in b"x" * (LONGEST_LINE + 5):
            desk.editor.feed(code)
        desk.type(b"")
        self.assertEqual((desk.editor.text, desk.editor.too_long, desk.terminal.bells), ("x" * LONGEST_LINE, True, 5))
        desk.type(b"\x15")
        self.assertEqual((desk.editor.text, desk.editor.too_long), ("", False))


class Drawing(unittest.TestCase):
    def test_screen_follows_the_line(self):
        for keys, expected in (
            (b"", (">", 2)),
            (b"abc", ("> abc", 5)),
            (b"abc" + LEFT + LEFT, ("> abc", 3)),
            (b"abc" + LEFT + LEFT + b"X", ("> aXbc", 4)),
            (b"abc" + LEFT + b"\x08", ("> ac", 3)),
            (b"abc\x01\x0b", (">", 2)),
            (b"one\r" + UP, ("> one", 5)),
            (b"longer\rab" + UP + DOWN, ("> ab", 4)),
            (b"ab\x02\x0c", ("> ab", 3)),
        ):
            self.assertEqual(seen(keys), expected, "%r shows %r" % (keys, seen(keys)))

    def test_lines_are_printed_above_what_is_typed(self):
        desk = Desk().type(b"status" + LEFT)
        for text in ("short", "a row longer than the prompt"):
            desk.editor.print_above(text)
        desk.type(b"")
        self.assertEqual(desk.terminal.text(), "short\na row longer than the prompt\n> status")
        self.assertEqual(desk.seen(), ("> status", 7))

    def test_closed_editor_prints_without_a_prompt(self):
        desk = Desk().type(b"sta")
        desk.editor.close()
        desk.editor.print_above("text")
        desk.type(b"")
        self.assertEqual(desk.terminal.text(), "> sta\ntext\n")


class Recall(unittest.TestCase):
    def test_up_and_down_walk_and_keep_the_draft(self):
        desk = Desk().type(b"one\rtwo\rdraft")
        walk = [desk.type(key).editor.text for key in (UP, UP, UP, DOWN, DOWN, DOWN)]
        self.assertEqual(walk, ["two", "one", "one", "two", "draft", "draft"])

    def test_repeated_and_empty_lines_are_kept_once(self):
        desk = Desk().type(b"one\rtwo\r\r  one \r")
        walk = [desk.type(UP).editor.text for _ in range(3)]
        self.assertEqual(walk, ["one", "two", "two"])

    def test_only_the_last_twenty(self):
        desk = Desk()
        for number in range(30):
            desk.type(b"%d\r" % number)
        desk.type(UP * 50)
        self.assertEqual(desk.editor.text, "10")


class Completion(unittest.TestCase):
    def test_one_candidate_is_filled_in(self):
        self.assertEqual(seen(b"he\t"), ("> help", 7))

    def test_common_start_then_the_list(self):
        desk = Desk().type(b"s\t")
        self.assertEqual(desk.terminal.text(), "status  sync  segments\n> s")
        desk.type(b"y\tn\t\r")
        self.assertEqual(desk.lines, ["sync now "])

    def test_nothing_found_rings(self):
        desk = Desk().type(b"x\t")
        self.assertEqual((desk.terminal.bells, desk.editor.text), (1, "x"))

    def test_in_the_middle_of_a_line(self):
        self.assertEqual(lines(b"he x" + LEFT + LEFT + b"\t\r"), ["help  x"])

    def test_common_start(self):
        self.assertEqual([common_start(w) for w in ([], ["ab"], ["ab", "ac"], ["a", "b"])], ["", "ab", "a", ""])


if __name__ == "__main__":
    unittest.main()
