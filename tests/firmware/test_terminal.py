# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a command that takes long has of the console: questions, pages, rows of bytes; and lines as words."""

import asyncio
import unittest

from console_driver import named
from fake_app import FakeApp, Named, Talk

from firmware.compat import sleep_ms
from firmware.console.errors import CommandError
from firmware.console.terminal import MORE, PAGE_ROWS
from firmware.console.tokens import quoted, split

PROMPT = "daylog>"


def command_that(talk, text=lambda result: result["said"]):
    return {"commands": [Named(NAME="do", USAGE="do", HELP="Do.", EXAMPLE="do", WORDS=(), talk=talk, text=text)]}


async def ask_twice(_context, _args, terminal):
    return {"said": "%s+%s" % (await terminal.ask("key> "), await terminal.ask("again> "))}


async def many_rows(_context, _args, _terminal):
    return {"said": "\n".join(["row %d" % number for number in range(2 * PAGE_ROWS + 4)])}


class Questions(unittest.TestCase):
    def test_what_is_typed_is_not_shown(self):
        talk = Talk([b"do\r", 5, b"hunt", 5, b"er2\r", 5, b"x\r", 5], **command_that(ask_twice))
        self.assertEqual(talk.rows[2:], ["key>", "again>", "hunter2+x", PROMPT])

    def test_every_line_end_and_what_was_typed_ahead(self):
        for keys in (b"a\rb\r", b"a\nb\n", b"a\r\nb\r\n"):
            self.assertEqual(Talk([b"do\r" + keys, 5], **command_that(ask_twice)).rows[-2], "a+b")

    def test_backspace_and_keys_that_mean_nothing(self):
        talk = Talk([b"do\r", 5, b"\x08ab\x7fc\xff\x01\r\x08\r", 5], **command_that(ask_twice))
        self.assertEqual(talk.rows[-2], "ac+")

    def test_an_event_does_not_hide_the_question(self):
        async def ask(context, _args, terminal):
            event = asyncio.create_task(card_is_full(context))
            said = await terminal.ask("key> ")
            await event
            return {"said": said}

        async def card_is_full(context):
            await sleep_ms(10)
            context.health.event("card", "it is full")

        talk = Talk([b"do\r", 30, b"k\r", 5], **command_that(ask))
        self.assertEqual(talk.rows[2:], ["[    12.345] card: it is full", "key>", "k", PROMPT])

    def test_ctrl_c_and_the_next_line(self):
        talk = Talk([b"do\r", 5, b"secret\x03", 5, b"do\r1\r2\r", 5], **command_that(ask_twice))
        self.assertEqual([row for row in talk.rows if "secret" in row], [])
        self.assertEqual(talk.rows[-5:], ["daylog> do", "key>", "again>", "1+2", PROMPT])


class Pages(unittest.TestCase):
    def shown(self, *keys):
        talk = Talk([b"do\r", 40] + list(keys) + [40], **command_that(many_rows))
        return [row for row in talk.rows[2:] if row], talk

    def test_a_page_waits_for_a_key(self):
        rows, talk = self.shown()
        self.assertEqual((len(rows), rows[PAGE_ROWS:]), (PAGE_ROWS + 2, ["Stopped.", PROMPT]), "the port was closed")
        self.assertTrue(MORE.encode() in b"".join(talk.written))

    def test_space_and_enter_show_more(self):
        rows, _ = self.shown(b" ", 40, b"\r")
        self.assertEqual((len(rows), rows[-2:]), (2 * PAGE_ROWS + 5, ["row %d" % (2 * PAGE_ROWS + 3), PROMPT]))

    def test_q_and_ctrl_c_end_it(self):
        endings = [self.shown(key)[0][PAGE_ROWS:] for key in (b"q", b"\x03")]
        self.assertEqual(endings, [[PROMPT], ["Stopped.", PROMPT]])

    def test_any_other_key_begins_the_next_line(self):
        rows, _ = self.shown(b"xy")
        self.assertEqual(rows[PAGE_ROWS:], ["daylog> xy"])

    def test_who_types_ahead_and_programs_are_not_kept_waiting(self):
        rows = Talk([b"do\rxy", 40], **command_that(many_rows)).rows
        self.assertEqual(rows[-1], "daylog> xy")
        self.assertEqual(len(Talk([b"do --json\r", 40], **command_that(many_rows)).rows), 4)


class Saying(unittest.TestCase):
    def test_progress_is_for_people(self):
        async def long(_context, _args, terminal):
            terminal.say("half of it")
            return {"said": "all"}

        self.assertEqual(Talk([b"do\r", 5], **command_that(long)).rows[2:4], ["half of it", "all"])
        self.assertEqual(len(Talk([b"do --json\r", 5], **command_that(long)).rows), 4)

    def test_rows_of_bytes(self):
        async def send(_context, _args, terminal):
            for _ in range(10):
                await terminal.send(b"x" * 2000)
            return {"said": "sent"}

        self.assertEqual(Talk([b"do\r", 2000], **command_that(send)).rows[2:-1], ["x" * 2000] * 10 + ["sent"])


class Words(unittest.TestCase):
    def test_quotes_hold_blanks_together(self):
        lines = ("", "  ", "a  b", 'a "b c" d', 'a"b c"d', '""', r"a\ b", r'"\""', r"\\")
        found = [split(line) for line in lines]
        expected = [[], [], ["a", "b"], ["a", "b c", "d"], ["ab cd"], [""], ["a b"], ['"'], ["\\"]]
        self.assertEqual(found, expected)

    def test_what_does_not_end(self):
        for line in ('"', 'a "b', "\\", 'a"\\"'):
            with self.assertRaises(CommandError):
                split(line)

    def test_quoted_is_split_again(self):
        for word in ("", "a", "a b", '"', "\\", '\\"a b'):
            self.assertEqual(split(quoted(word)), [word])


class Completion(unittest.TestCase):
    def test_names_and_words(self):
        for typed, row in (
            (b"settings s\t", "settings set"),
            (b"settings get targ\t", "settings get target_hours"),
            (b"profile v\t", "profile vga10"),
            (b"camera sn\t", "camera snap"),
            (b"settings get x --j\t", "settings get x --json"),
        ):
            self.assertEqual(Talk([typed]).rows[-1], "daylog> " + row)

    def test_of_every_command_whatever_stands_before(self):
        for command in (named(name) for name in ("settings", "profile", "help")):
            for before in ([], ["get"], ["set", "x"], ["x"] * 9):
                self.assertTrue(all(isinstance(word, str) for word in command.complete(FakeApp(), before)))


if __name__ == "__main__":
    unittest.main()
