# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The shell as a whole: what a person or a program types, and what it answers."""

import asyncio
import json
import unittest

from fake_app import FakeApp, Named, Talk

from firmware.compat import sleep_ms
from firmware.console.errors import CommandError
from firmware.console.knock import FORGOTTEN_MS, TOGETHER_MS, Knock
from firmware.console.nearest import nearest
from firmware.console.screen import PIECE_BYTES

PROMPT = "daylog>"
GREETING = "Daylog 0.1.0 on daylog-abc123: recording. Type help, or TAB."


def command(run, name="do", **more):
    return Named(NAME=name, USAGE=name, HELP="Do.", EXAMPLE=name, WORDS=(), run=run, text=lambda result: result["said"], **more)


def commands_that(run, **more):
    return {"commands": [command(run, **more)]}


async def say_words(_context, args):
    return {"said": "+".join(args)}


def nothing_waits():
    return False


def json_rows(talk):
    return [json.loads(row) for row in talk.rows if row.startswith("{")]


class Answers(unittest.TestCase):
    def test_greeting_names_device_version_and_state(self):
        self.assertEqual(Talk([]).rows, [GREETING, PROMPT])

    def test_greeting_before_the_recorder_exists(self):
        app = FakeApp()
        app.recorder = None
        self.assertEqual(Talk([], app).rows[0], GREETING.replace("recording", "starting"))

    def test_plain_answer(self):
        talk = Talk([b"do  a b \r"], **commands_that(say_words))
        self.assertEqual(talk.rows[1:], ["daylog> do  a b", "a+b", PROMPT])

    def test_json_is_one_line(self):
        for line in (b"do a --json\r", b"--json do a\r", b"do --json a\r"):
            talk = Talk([line], **commands_that(say_words))
            self.assertEqual(json_rows(talk), [{"ok": True, "said": "a"}])
            self.assertEqual(len(talk.rows), 4)

    def test_empty_line_only_prompts_again(self):
        self.assertEqual(Talk([b"\r", b"  \r"]).rows[1:], [PROMPT] * 3)

    def test_unknown_command_suggests_the_nearest(self):
        talk = Talk([b"sttus\r", b"xyzzy\r"])
        self.assertEqual(talk.rows[2:4], ["There is no command sttus.", "  Did you mean status?"])
        self.assertEqual(talk.rows[5:7], ["There is no command xyzzy.", "  Type help for the list."])

    def test_json_errors_are_one_line_too(self):
        expected = {"ok": False, "error": "There is no command sttus.", "hint": "Did you mean status?"}
        self.assertEqual(json_rows(Talk([b"sttus --json\r"])), [expected])

    def test_dash_h_explains(self):
        self.assertTrue("usage    sync [now|pause|status]" in Talk([b"sync -h\r"]).rows)

    def test_too_long_line_is_refused(self):
        talk = Talk([b"do " + b"x" * 300 + b"\r"], **commands_that(say_words))
        self.assertEqual(talk.rows[2], "The line is too long; nothing was done.")

    def test_completion_of_commands_words_and_help(self):
        for keys, line in ((b"stat\t", "status"), (b"sync n\t", "sync now"), (b"help rep\t", "help repl"), (b"log --\t", "log --json")):
            row = "daylog> " + line
            self.assertEqual(Talk([keys]).rows[-1], row)


class Failures(unittest.TestCase):
    def answer(self, error):
        async def run(_context, _args):
            raise error

        return Talk([b"do\r", b"\r"], **commands_that(run)).rows[2:]

    def test_command_error_with_hint(self):
        self.assertEqual(self.answer(CommandError("No.", "Try yes.")), ["No.", "  Try yes.", PROMPT, PROMPT])

    def test_system_error_in_words(self):
        self.assertEqual(self.answer(OSError(19))[0], "The card does not answer.")

    def test_any_other_error_leaves_the_console_alive(self):
        self.assertEqual(self.answer(ValueError("x"))[0], "The command failed: %r" % ValueError("x"))


class Output(unittest.TestCase):
    def test_written_in_small_pieces_and_others_run_between(self):
        turns, tasks = [0], []

        async def run(_context, _args):
            tasks.append(asyncio.create_task(other()))
            return {"said": "x" * 1000}

        async def other():
            while True:
                turns[0] += 1
                await sleep_ms(0)

        talk = Talk([b"do\r"], turns=turns, **commands_that(run))
        self.assertTrue("x" * 1000 in talk.rows)
        during = [turn for size, turn in talk.writes if turn]
        self.assertTrue(max(size for size, _ in talk.writes) <= PIECE_BYTES)
        self.assertTrue(len(during) >= 1000 // PIECE_BYTES and len(set(during)) == len(during))

    def test_events_are_woven_above_the_prompt(self):
        async def run(context, _args):
            context.health.event("wifi", "no known\nnetwork", "warn")
            return {"said": "done"}

        talk = Talk([b"do\rhal"], **commands_that(run))
        self.assertEqual(talk.rows[1:], ["daylog> do", "[    12.345] warn wifi: no known network", "done", "daylog> hal"])

    def test_event_while_typing_keeps_what_is_typed(self):
        tasks = []

        async def run(context, _args):
            tasks.append(asyncio.create_task(later(context)))
            return {"said": "soon"}

        async def later(context):
            await sleep_ms(20)
            context.health.event("card", "full")

        talk = Talk([b"do\r", 5, b"hal", 60, b"lo"], **commands_that(run))
        self.assertEqual(talk.rows[2:], ["soon", "[    12.345] card: full", "daylog> hallo"])

    def test_listener_is_removed_at_the_end(self):
        self.assertEqual(Talk([]).app.health.listeners, [])


class RunningCommand(unittest.TestCase):
    def test_ctrl_c_stops_it_and_only_it(self):
        async def run(_context, _args):
            await sleep_ms(3_600_000)

        talk = Talk([b"do\r", 5, b"\x03", 5, b"\r"], **commands_that(run))
        self.assertEqual(talk.rows[1:], ["daylog> do", "Stopped.", PROMPT, PROMPT])
        talk = Talk([b"do --json\r\x03"], **commands_that(run))
        self.assertEqual(json_rows(talk), [{"ok": False, "error": "Stopped.", "hint": ""}])

    def test_keys_wait_for_their_turn(self):
        async def run(_context, args):
            await sleep_ms(10)
            return {"said": "did " + args[0]}

        talk = Talk([b"do 1\rdo 2\rdo 3", 100], **commands_that(run))
        self.assertEqual(talk.rows[1:], ["daylog> do 1", "did 1", "daylog> do 2", "did 2", "daylog> do 3"])

    def test_after_comes_when_the_answer_is_out(self):
        seen = []

        async def after(_context, result):
            seen.append(result)

        talk = Talk([b"do x\r"], **commands_that(say_words, after=after))
        self.assertEqual((seen, talk.rows[2]), ([{"said": "x"}], "x"))


class KnockRule(unittest.TestCase):
    def test_mpremote_is_let_out_and_the_rest_stays_unread(self):
        talk = Talk([b"\r\x03\r\x01"])
        self.assertEqual((talk.app.calls, bytes(talk.stdin.unread)), (["leave"], b"\r\x01"))

    def test_a_person_is_not(self):
        for steps in ([b"\r", TOGETHER_MS + 30, b"\x03"], [b"x\r\x03"], [b"\x03\x03"], [b"\n\x03"], [b"\r\x03"[:1], b"a\x03"]):
            self.assertEqual(Talk(steps).app.calls, [], "left after %r" % steps)

    def test_line_left_behind_long_ago(self):
        knock = Knock(0)
        heard = [
            knock.heard(*byte, nothing_waits)
            for byte in ((0x78, 10, True), (0x0D, 11 + FORGOTTEN_MS, False), (0x03, 12 + FORGOTTEN_MS, False))
        ]
        self.assertEqual(heard, [False, False, True])

    def test_what_came_together_is_heard_by_a_recorder_that_was_busy_in_between(self):
        for waits, leaves in ((nothing_waits, False), (lambda: True, True)):
            knock = Knock(0)
            self.assertEqual([knock.heard(0x0D, 10, True, waits), knock.heard(0x03, 400, True, waits)], [False, leaves])

    def test_knock_while_a_command_runs(self):
        stopped = []

        async def run(_context, _args):
            try:
                await sleep_ms(3_600_000)
            finally:
                stopped.append(True)

        talk = Talk([b"do\r", 5, b"\x03\r\x03\r\x01"], **commands_that(run))
        self.assertEqual((talk.app.calls, stopped, bytes(talk.stdin.unread)), (["leave"], [True], b"\r\x01"))


class Noise(unittest.TestCase):
    def test_ten_thousand_bytes_break_nothing(self):
        state, noise = 1, bytearray()
        for _ in range(10_000):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            noise.append(state >> 16 & 0xFF)
        talk = Talk([bytes(noise), b"\x03do fine\r"], **commands_that(say_words))
        self.assertEqual((talk.rows[-3:], talk.app.calls), (["daylog> do fine", "fine", PROMPT], []))


class Nearest(unittest.TestCase):
    def test_nearest(self):
        known = ["status", "sync", "segments", "pause", "log"]
        found = [nearest(word, known) for word in ("statsu", "Sync", "seg", "puase", "lo", "x", "lgo", "zzzzzz", "")]
        self.assertEqual(found, ["status", "sync", "segments", "pause", "log", None, "log", None, None])


if __name__ == "__main__":
    unittest.main()
