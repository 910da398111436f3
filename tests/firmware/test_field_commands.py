# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Commands for whoever sets a recorder up or looks after it: time, networks, events, the report, the reset."""

import json
import unittest

from console_driver import Listener, do
from fake_app import FakeApp, Talk
from folders import Folder

from firmware.console.commands.time import parse
from firmware.console.errors import CommandError
from firmware.timekeeper import EARLIEST_S, LATEST_S, iso

SECRETS = ("hunter2", "top secret")


def hint_of(line, app, answers=()):
    try:
        do(line, app, Listener(answers))
    except CommandError as error:
        return error.hint
    return "it was done"


class Time(unittest.TestCase):
    def test_unknown_and_known(self):
        app = FakeApp()
        before = do("time", app)[1]
        app.keeper.set_utc(1_795_000_000_000, "ntp")
        expected = "time  2026-11-18T11:06:40Z\nsays  a time server\nup    12 s since boot 7"
        self.assertEqual((before.split("\n")[0], do("time", app)[1]), ("time  not known", expected))

    def test_set_in_every_form(self):
        for form in ("2026-11-18T11:06:40Z", "2026-11-18t11:06:40z", "2026-11-18 11:06:40", "1795000000"):
            app = FakeApp()
            result = do("time set " + form, app)[0]
            self.assertEqual((result["unix_ms"], result["source"]), (1_795_000_000_000, "console"))

    def test_what_is_no_time(self):
        days = ("2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-18T24:00:00Z", "2019-01-01T00:00:00Z", "2100-01-01T00:00:00Z")
        for form in days + ("", "now", "2026-11-18", "17950000000", "2026-11-18T9:06:40Z", "2026--1-18T11:06:40", "2026-11-18T11:06:40Z x"):
            app = FakeApp()
            self.assertTrue(hint_of("time set " + form, app) != "it was done", form)
            self.assertEqual(app.keeper.source, "")

    def test_the_limits(self):
        self.assertEqual([parse(iso(1000 * unix_s)) for unix_s in (EARLIEST_S, LATEST_S - 1)], [EARLIEST_S, LATEST_S - 1])

    def test_who_knows_better_is_believed(self):
        app, found = FakeApp(), []
        for source in ("rtc", "console", "ntp", "store"):
            app.keeper.set_utc(1_795_000_000_000, source)
            found.append(hint_of("time set 1795000800", app))
        self.assertEqual(found, ["it was done"] * 2 + ["Nothing was changed."] * 2)


class Networks(unittest.TestCase):
    def test_one_more(self):
        app, terminal = FakeApp(), Listener(["long enough"])
        do('wifi add "My Net" -3 hidden metered', app, terminal)
        expected = {"ssid": "My Net", "priority": -3, "hidden": True, "metered": True, "key": "long enough"}
        self.assertEqual((app.settings.wifi[2], app.calls, terminal.rows), (expected, ["save", "changed wifi"], ["key> "]))

    def test_the_same_again_stays_in_its_place(self):
        app = FakeApp()
        do("wifi add home 7", app, Listener([""]))
        self.assertEqual(app.settings.wifi, [{"ssid": "home", "priority": 7, "key": ""}, {"ssid": "cafe"}])

    def test_one_less(self):
        app = FakeApp()
        do("wifi remove home", app)
        self.assertEqual(([network["ssid"] for network in app.settings.wifi], app.calls), (["cafe"], ["save", "changed wifi"]))

    def test_what_is_refused_changes_nothing(self):
        app = FakeApp()
        for line in (
            "add",
            'add ""',
            "add " + "x" * 33,
            "add a 100",
            "add a 1.5",
            "remove",
            "remove work",
            "remove home cafe",
            "join home",
        ):
            self.assertTrue(hint_of("wifi " + line, app, [""]) != "it was done", line)
        for key in ("7 chars", "x" * 64):
            self.assertTrue(hint_of("wifi add a", app, [key]) != "it was done", key)
        self.assertEqual(app.calls, [])

    def test_a_key_on_the_line_is_refused_and_forgotten(self):
        talk = Talk([b"wifi add home hunter22\r", 5, b"\x10"])
        self.assertEqual((talk.app.calls, talk.rows[-1]), ([], "daylog>"))
        self.assertEqual([row for row in talk.rows[2:] if "hunter22" in row], [])

    def test_a_key_is_shown_nowhere(self):
        talk = Talk(
            [b"wifi add work\r", 5, b"long enough\r", 5, b"wifi\r", 5, b"log\r", 5, b"settings get wifi\r", 5, b"\x10\x10\x10\x10\x10"]
        )
        self.assertEqual((talk.app.settings.wifi[2]["key"], [row for row in talk.rows if "long enough" in row]), ("long enough", []))

    def test_completion(self):
        for typed, row in ((b"wifi remove c\t", "wifi remove cafe"), (b"wifi a\t", "wifi add"), (b"wifi add x h\t", "wifi add x hidden")):
            self.assertEqual(Talk([typed]).rows[-1], "daylog> " + row)


class Events(unittest.TestCase):
    def setUp(self):
        self.app = FakeApp()
        for kind, text, level in (
            ("card", "slow", "warn"),
            ("wifi", "lost", "info"),
            ("card", "failed", "error"),
            ("card", "back", "info"),
        ):
            self.app.health.event(kind, text, level, {"n": 1} if level == "error" else None)

    def test_kinds(self):
        expected = "card  3 times, up to error; the last after 12 s: back\nwifi  1 time; the last after 12 s: lost"
        self.assertEqual(do("events", self.app)[1], expected)

    def test_of_one_kind_with_their_data(self):
        result, text = do("events card", self.app)
        self.assertEqual([event["text"] for event in result["events"]], ["slow", "failed", "back"])
        self.assertEqual(text.split("\n")[1:3], ["[    12.345] error card: failed", '    {"n": 1}'])

    def test_of_no_such_kind(self):
        self.assertEqual(hint_of("events power", self.app), "Type events for the kinds there were.")

    def test_following_for_programs(self):
        talk = Talk([b"log 1 -f --json\r", 5, b"\x03", 5], self.app)
        rows = [json.loads(row) for row in talk.rows if row.startswith("{")]
        self.assertEqual([row.get("text", row.get("error")) for row in rows], ["back", "Stopped."])
        self.assertEqual(self.app.health.listeners, [])

    def test_following_for_people(self):
        talk = Talk([b"log -f\r", 5, b"\x03", 5], self.app)
        self.assertEqual((talk.rows[-3:], len(talk.rows)), (["[    12.345] card: back", "Stopped.", "daylog>"], 8))


class Bundle(unittest.TestCase):
    def test_it_has_all_parts_and_no_secret(self):
        app = FakeApp()
        app.store = None
        result, text = do("bundle", app)
        self.assertEqual(sorted(result), ["card", "events", "last_words", "networks", "settings", "status", "versions"])
        self.assertEqual((json.loads(text), [secret for secret in SECRETS if secret in text]), (result, []))

    def test_a_part_that_fails_costs_no_other(self):
        result = do("bundle", FakeApp())[0]  # the fake's card has no folder
        self.assertEqual((list(result["card"]), result["versions"]["chip"]), (["error"], "0102abc123"))

    def test_as_a_file(self):
        folder, app = Folder(), FakeApp()
        app.store.root = folder.path
        try:
            result = do("bundle card", app)[0]
            with open(result["path"]) as file:
                text = file.read()
        finally:
            folder.remove()
        self.assertEqual((result["path"].split("/")[-1], result["bytes"]), ("bundle-000007-000012.json", len(text)))
        self.assertEqual((json.loads(text)["versions"]["device"], [secret for secret in SECRETS if secret in text]), ("daylog-abc123", []))


class FactoryReset(unittest.TestCase):
    def test_asks_for_the_name(self):
        app = FakeApp()
        hints = [hint_of(line, app) for line in ("factory-reset", "factory-reset daylog-abc124")]
        self.assertEqual((hints, app.calls), (["If you want that, type: factory-reset daylog-abc123"] * 2, []))

    def test_with_it_everything_is_forgotten(self):
        app = FakeApp()
        do("factory-reset daylog-abc123", app)
        self.assertEqual(app.calls, ["factory reset"])


if __name__ == "__main__":
    unittest.main()
