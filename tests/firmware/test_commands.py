# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Every command: its answer for programs, its answer for people, and what it asked of the app."""

import errno
import unittest

from console_driver import do
from fake_app import FakeApp, FakeStore

from firmware.console import words
from firmware.console.commands import COMMANDS, FILES
from firmware.console.commands.status import sync_words
from firmware.console.errors import CommandError, in_words
from firmware.console.terminal import PAGE_ROWS


class Table(unittest.TestCase):
    def test_every_command_is_complete(self):
        for command, name in zip(COMMANDS, FILES):
            self.assertEqual(command.NAME, name)
            self.assertTrue(command.USAGE.startswith(name) and command.EXAMPLE.startswith(name))
            self.assertTrue(command.HELP.endswith(".") and isinstance(command.WORDS, tuple))

    def test_too_many_words_are_refused_by_all(self):
        for name in FILES:
            with self.assertRaises(CommandError) as caught:
                do(name + " a b c d e", FakeApp())
            self.assertTrue(caught.exception.hint)


class Help(unittest.TestCase):
    def test_lists_all(self):
        result, text = do("help", FakeApp())
        self.assertEqual([entry["name"] for entry in result["commands"]], list(FILES))
        self.assertEqual([row.split()[0] for row in text.split("\n")[:-1]], list(FILES))
        self.assertTrue(max(len(row) for row in text.split("\n")) < 80 and text.count("\n") < PAGE_ROWS)

    def test_explains_one(self):
        expected = "usage    resume\ndoes     Record again after a pause.\nexample  resume"
        self.assertEqual(do("help resume", FakeApp())[1], expected)

    def test_suggests(self):
        with self.assertRaises(CommandError) as caught:
            do("help segmants", FakeApp())
        self.assertEqual(caught.exception.hint, "Did you mean segments?")


class Status(unittest.TestCase):
    def test_in_words(self):
        app = FakeApp()
        app.health.count("recorded", 120)
        app.health.count("dropped_card_stall", 3)
        expected = (
            "recorder  daylog-abc123 (board testboard, firmware 0.1.0)",
            "state     recording, for 12 s since boot 7",
            "reset     watchdog, because uploader hung",
            "time      not known yet; it comes with Wi-Fi",
            "frames    125 seen, 120 in closed segments, dropped: 3 card stall",
            "power     3.81 V, 64 %, 9.8 h left in svga10",
            "card      29.5 GB free, 3.0 MB to store; segments: 2 closed, 1 stored",
            "link      connected, -61 dBm",
            "sync      waiting for Wi-Fi",
            "chip      41 C",
            "Nothing is wrong.",
        )
        self.assertEqual(do("status", app)[1], "\n".join(expected))

    def test_says_what_is_wrong(self):
        app = FakeApp()
        app.health.set_problem("card", "The card is full. Bring the recorder home.")
        result, text = do("status", app)
        self.assertEqual(result["problems"], {"card": "The card is full. Bring the recorder home."})
        self.assertEqual(text.split("\n")[-1], "PROBLEM card: The card is full. Bring the recorder home.")

    def test_tells_whether_the_scene_moves_when_that_decides_anything(self):
        app = FakeApp()
        found = [do("status", app)[0]["still"]]
        app.settings.adaptive = True
        for app.recorder.stillness.is_still in (False, True):
            result, text = do("status", app)
            found += [result["still"], text.split("\n")[2][10:]]
        self.assertEqual(found, [None, False, "moving: every frame is kept", True, "still: one frame in 1 s is kept"])

    def test_tells_of_streams_beside_the_camera_where_there_are_any(self):
        app = FakeApp()
        found = ["beside  " in do("status", app)[1]]
        app.recorder.tracks = {"screen": 7, "desk": 9}
        result, text = do("status", app)
        said = [line for line in text.split("\n") if line.startswith("beside")]
        self.assertEqual((found, result["beside"], said), ([False], {"screen": 7, "desk": 9}, ["beside    desk: 9 seen, screen: 7 seen"]))

    def test_without_card_recorder_and_uploader(self):
        app = FakeApp()
        app.store = app.recorder = app.uploader = None
        app.keeper.utc_ms = 1_795_000_000_000
        result, text = do("status", app)
        self.assertEqual([result["state"], result["card"], result["sync"]], ["starting", None, None])
        self.assertTrue("card      not ready" in text and "2026-11-18T" in text)


class Log(unittest.TestCase):
    def test_last_lines(self):
        app = FakeApp()
        for number in range(30):
            app.health.event("kind", "event %d" % number, "warn")
        result, text = do("log 2", app)
        self.assertEqual([event["text"] for event in result["events"]], ["event 28", "event 29"])
        self.assertEqual(text.split("\n")[-1], "[    12.345] warn kind: event 29")
        self.assertEqual(len(do("log", app)[0]["events"]), 20)

    def test_nothing_yet(self):
        self.assertEqual(do("log", FakeApp())[1], "Nothing has happened yet.")

    def test_wrong_number(self):
        for word in ("0", "65", "many", "-1", "9" * 40):
            with self.assertRaises(CommandError):
                do("log " + word, FakeApp())


class Segments(unittest.TestCase):
    def test_newest_of_all(self):
        result, text = do("segments", FakeApp())
        self.assertEqual(result["total"], 3)
        rows = ["000007/000001  stored     1.0 MB", "000007/000002  closed     2.0 MB", "000007/000003  closed     3.0 MB"]
        self.assertEqual(text.split("\n"), rows + ["3 segments, 3 shown"])

    def test_one_state_and_number(self):
        result, text = do("segments closed 1", FakeApp())
        self.assertEqual(result["segments"], [{"boot": 7, "segment": 3, "state": "closed", "size": 3_000_000, "kept": False}])
        self.assertEqual(text.split("\n")[-1], "2 closed segments, 1 shown")

    def test_ten_thousand_are_counted_in_turns(self):
        app = FakeApp()
        app.store = FakeStore([(1, number, "stored", 1) for number in range(10_000)])
        result, _ = do("segments 3", app)
        self.assertEqual((result["total"], [s["segment"] for s in result["segments"]]), (10_000, [9997, 9998, 9999]))

    def test_unknown_state_and_no_card(self):
        app = FakeApp()
        with self.assertRaises(CommandError):
            do("segments lost", app)
        app.store = None
        with self.assertRaises(CommandError):
            do("segments", app)


class Sync(unittest.TestCase):
    def test_actions(self):
        app = FakeApp()
        for line, enabled, calls in (
            ("sync", True, []),
            ("sync pause", False, ["no radio"]),
            ("sync now", True, ["no radio", "sync now"]),
        ):
            result, _ = do(line, app)
            self.assertEqual((result["sync"]["enabled"], app.calls), (enabled, calls))

    def test_state_in_words(self):
        states = ({"enabled": enabled, "state": "idle", "failures": n} for enabled, n in ((True, 0), (True, 2), (False, 1)))
        self.assertEqual([sync_words(state) for state in states], ["idle", "idle, 2 failures in a row", "held, 1 failure in a row"])

    def test_text(self):
        expected = (
            "The upload starts as soon as there is a link.",
            "sync      waiting for Wi-Fi",
            "to store  3.0 MB in 2 segments",
            "stored    0 segments since boot",
            "link      connected, -61 dBm",
        )
        self.assertEqual(do("sync now", FakeApp())[1], "\n".join(expected))

    def test_what_was_set_aside_is_shown_and_tried_again(self):
        app = FakeApp()
        app.store.set_aside = 3
        rows = [do(line, app)[1].split("\n")[-3] for line in ("sync", "sync now", "sync")]
        self.assertEqual([row[10:] for row in rows], ["3.0 MB in 2 segments; 3 set aside"] + ["3.0 MB in 2 segments"] * 2)

    def test_without_a_card(self):
        app = FakeApp()
        app.store = None
        self.assertTrue("to store  no card" in do("sync", app)[1])


class Wifi(unittest.TestCase):
    def test_the_known_networks_and_no_key(self):
        app = FakeApp()
        app.link.networks.joined("home")
        app.link.networks.proved("home", 2_000_000)
        app.link.networks.failed("cafe", "captive")
        result, text = do("wifi", app)
        expected = (
            "link  connected, -61 dBm",
            "home  priority 2, joined 1 time, 2.0 MB stored",
            "cafe  open, joined 0 times, 1 failure, the last: wants a login first, left alone for 10 min 00 s",
        )
        self.assertEqual((text, "hunter2" in str(result)), ("\n".join(expected), False))

    def test_a_scan_only_while_it_costs_no_frame(self):
        app = FakeApp()
        with self.assertRaises(CommandError) as caught:
            do("wifi scan", app)
        app.recorder.still_ms = 60_000
        text = do("wifi scan", app)[1]
        self.assertEqual(caught.exception.hint, "Type pause first, and resume afterwards.")
        self.assertEqual(text.split("\n")[-2:], ["hears home       -60 dBm", "hears (no name)  -80 dBm"])


class Power(unittest.TestCase):
    def test_in_words(self):
        expected = (
            "battery   3.81 V, 64 %, 9.8 h left in svga10",
            "target    9.0 h more",
            "profile   svga10: reaches the target: 9.0 h",
            "mode      record",
            "radio     off, until it pays or sync now",
            "chip      41 C",
            "forecast  was wrong by 4 % of late",
        )
        result, text = do("power", FakeApp())
        self.assertEqual((result["power"]["percent"], text), (64, "\n".join(expected)))

    def test_what_is_not_known_is_left_out(self):
        app = FakeApp()
        unknown = {"battery_mv": 3700, "percent": None, "current_ma": -180, "external": True, "hours_left": None, "target_hours": 0}
        app.power.battery = dict(app.power.battery, forecast_error_percent=None, radio=True, **unknown)
        rows = do("power", app)[1].split("\n")
        self.assertEqual(rows[:3], ["battery  3.70 V, charging", "current  -180 mA", "target   none"])

    def test_without_a_gauge(self):
        app = FakeApp()
        app.power.battery = None
        result, text = do("power", app)
        self.assertEqual((result["power"], text.split(";")[1]), (None, " svga10 runs, and the radio whenever it is wanted."))


class Profile(unittest.TestCase):
    def test_lists_all(self):
        result, text = do("profile", FakeApp())
        expected = (
            "svga10  800x600, 10 fps, 330 kB/s, 180 mA, 9.8 h, in use",
            "vga10   640x480, 10 fps, 220 kB/s, 170 mA, 10.4 h",
        )
        self.assertEqual((result["at_best"], text), ("svga10", "\n".join(expected)))

    def test_one_is_chosen_for_good(self):
        app = FakeApp()
        text = do("profile vga10", app)[1]
        self.assertEqual((app.calls, app.settings.profile, text.split(", ")[-1]), (["save", "changed profile"], "vga10", "chosen"))

    def test_one_that_the_board_does_not_have(self):
        app = FakeApp()
        with self.assertRaises(CommandError):
            do("profile 8k60", app)
        self.assertEqual(app.calls, [])


class PauseAndResume(unittest.TestCase):
    def test_until_resume(self):
        app = FakeApp()
        answers = [do(line, app)[1] for line in ("pause", "resume")]
        self.assertEqual(answers, ["Paused. Type resume to record again.", "Recording."])
        self.assertEqual((app.calls, app.supervisor.started), (["pause", "save", "resume", "save"], {}))

    def test_for_minutes(self):
        app = FakeApp()
        self.assertEqual(do("pause 1", app)[0], {"state": "paused", "minutes": 1})
        self.assertEqual(list(app.supervisor.started), ["pause"])
        do("resume", app)
        self.assertEqual(app.supervisor.started, {})

    def test_only_a_pause_without_an_end_outlives_a_reboot(self):
        app, paused = FakeApp(), []
        for line in ("pause", "resume", "pause 1", "pause", "pause 1"):
            do(line, app)
            paused.append(app.settings.paused)
        self.assertEqual(paused, [True, False, False, True, False])

    def test_wrong_minutes(self):
        for word in ("0", "1441", "soon", "1.5"):
            app = FakeApp()
            with self.assertRaises(CommandError):
                do("pause " + word, app)
            self.assertEqual(app.calls, [])


class Endings(unittest.TestCase):
    def test_what_the_app_is_asked(self):
        for line, call in (("reboot", "reboot"), ("reboot safe", "reboot safe"), ("shutdown", "shutdown"), ("repl", "leave")):
            app = FakeApp()
            do(line, app)
            self.assertEqual(app.calls, [call])

    def test_shutdown_sync_needs_a_store_and_an_uploader(self):
        for part in ("uploader", "store"):
            app = FakeApp()
            if part == "store":
                app.settings.store = None
            else:
                app.uploader = None
            with self.assertRaises(CommandError):
                do("shutdown sync", app)
            self.assertEqual(app.calls, [])


class Camera(unittest.TestCase):
    def test_info(self):
        app = FakeApp()
        do("camera set flip_y 1", app)
        expected = "state    recording\nprofile  svga10: 800x600, 10 fps\nframes   125 seen since boot\nset      flip_y 1"
        self.assertEqual(do("camera", app)[1], expected)

    def test_what_is_set_is_told_and_kept(self):
        app = FakeApp()
        texts = [do("camera set " + line, app)[1] for line in ("flip_y 1", "brightness -2")]
        self.assertEqual(texts, ["flip_y is 1.", "brightness is -2."])
        self.assertEqual((app.camera.told, app.settings.camera), ({"flip_y": 1, "brightness": -2},) * 2)
        self.assertEqual(app.calls, ["save", "changed camera"] * 2)

    def test_what_is_refused_changes_nothing(self):
        app = FakeApp()
        for line in ("set", "set flip_y", "set flip_y 2", "set brightness -3", "set brightness x", "set test_pattern 1", "set contrast 1",
                     "test-pattern", "test-pattern maybe", "snap twice", "info x", "set flip_y 1 2"):  # fmt: skip
            with self.assertRaises(CommandError):
                do("camera " + line, app)
        self.assertEqual((app.calls, app.camera.told), ([], {}))

    def test_a_test_pattern_is_a_problem_that_everybody_sees(self):
        app = FakeApp()
        do("camera test-pattern on", app)
        seen = sorted(app.health.problems), dict(app.camera.told)
        do("camera test-pattern off", app)
        self.assertEqual((seen, app.health.problems, app.camera.told), ((["test_pattern"], {"test_pattern": 1}), {}, {"test_pattern": 0}))
        self.assertEqual(app.calls, [])

    def test_of_a_stream_there_is_no_picture(self):
        app = FakeApp()
        app.config["profiles"]["svga10"]["codec"] = "h264"
        with self.assertRaises(CommandError):
            do("camera snap", app)


class Words(unittest.TestCase):
    def test_sizes(self):
        shown = [words.size(count) for count in (0, 999, 1000, 12_345_678, 64_000_000_000)]
        self.assertEqual(shown, ["0 bytes", "999 bytes", "1.0 kB", "12.3 MB", "64.0 GB"])

    def test_durations(self):
        self.assertEqual([words.duration(s * 1000) for s in (0, 59, 61, 3661)], ["0 s", "59 s", "1 min 01 s", "1 h 01 min"])

    def test_errors(self):
        self.assertEqual(in_words(OSError(28))[0], "The card is full.")
        self.assertEqual(in_words(MemoryError("allocation failed")), in_words(OSError(errno.ENOMEM)))
        self.assertTrue("OSError" in in_words(OSError(12345))[0])


if __name__ == "__main__":
    unittest.main()
