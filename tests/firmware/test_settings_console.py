# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`settings`: what goes in, what comes out, and what never does."""

import binascii
import json
import unittest

from console_driver import Listener, do
from fake_app import FakeApp, Talk

from firmware.console.errors import CommandError
from firmware.settings import TABLE, without_secrets

SECRETS = ("hunter2", "top secret")


def put(name, data, crc=None):
    return "settings put %s %d %08x" % (name, len(data), binascii.crc32(data) if crc is None else crc)


def rows_of(data, size=30):
    return [binascii.b2a_base64(data[at : at + size]).decode().strip() for at in range(0, len(data), size)]


def refusal(line, app, answers=()):
    try:
        do(line, app, Listener(answers))
    except CommandError as error:
        return error.message
    return "it was done"


class Looking(unittest.TestCase):
    def test_one_with_what_it_may_be(self):
        expected = "target_hours  0\n" + TABLE["target_hours"][2]
        self.assertEqual(do("settings get target_hours", FakeApp())[1], expected)

    def test_all_of_them(self):
        self.assertEqual(sorted(do("settings", FakeApp())[0]["settings"]), sorted(TABLE))

    def test_export_is_what_was_changed(self):
        app = FakeApp()
        app.settings.set("target_hours", 9)
        result, text = do("settings export", app)
        self.assertEqual((sorted(result["export"]), json.loads(text)), (["store", "target_hours", "wifi"], result["export"]))

    def test_no_secret_comes_out(self):
        for line in ("settings", "settings get wifi", "settings get store", "settings export"):
            said = str(do(line, FakeApp()))
            self.assertEqual([secret for secret in SECRETS if secret in said], [])

    def test_what_came_out_without_its_secrets_is_refused(self):
        app = FakeApp()
        found = do("settings export", app)[0]["export"]
        self.assertEqual([app.settings.is_right(name, found[name]) for name in ("wifi", "store")], [False, False])
        self.assertEqual(without_secrets([{"ssid": "a", "key": ""}]), [{"ssid": "a", "key": ""}])


class Setting(unittest.TestCase):
    def test_a_word_is_a_number_first_and_text_second(self):
        app, found = FakeApp(), []
        for line in ("target_hours 9", "device_id 12", "adaptive true", 'record_until ""', "record_until 22:00", "device_id cam-7"):
            name = line.split()[0]
            do("settings set " + line, app)
            found.append(getattr(app.settings, name))
        self.assertEqual(found, [9, "12", True, "", "22:00", "cam-7"])

    def test_it_is_saved_told_and_logged_without_its_value(self):
        app = FakeApp()
        result, text = do("settings set target_hours 9", app)
        self.assertEqual((app.calls, app.health.events[-1][3]), (["save", "changed target_hours"], "target_hours was changed"))
        self.assertEqual((result["takes_effect"], text), ("at once", "target_hours is set; it takes effect at once."))

    def test_what_cannot_be_right_changes_nothing(self):
        app, found = FakeApp(), []
        for line in (
            "target_hours 241",
            "target_hours soon",
            "profile 8k",
            "nonsense 1",
            "target_hours",
            "device_id x y",
            'device_id "a b"',
        ):
            found.append(refusal("settings set " + line, app) == "it was done")
        self.assertEqual((found, app.calls), ([False] * 7, []))

    def test_one_that_cannot_be_saved_stays_as_it_was(self):
        app = FakeApp()
        app.settings.fails = True
        with self.assertRaises(OSError):
            do("settings set target_hours 9", app)
        self.assertEqual((app.settings.target_hours, app.calls), (0, []))

    def test_a_secret_on_the_line_is_refused_and_forgotten(self):
        up = b"\x10"
        talk = Talk([b"settings set store top-secret\r", 5, up])
        self.assertEqual((talk.app.calls, talk.rows[-1]), ([], "daylog>"))


class Putting(unittest.TestCase):
    STORE = json.dumps({name: name + "!" for name in ("endpoint", "region", "bucket", "prefix", "access_key", "secret_key")}).encode()

    def test_rows_of_base64(self):
        app, terminal = FakeApp(), Listener(rows_of(self.STORE))
        result, _ = do(put("store", self.STORE), app, terminal)
        size = len(self.STORE)
        self.assertEqual(terminal.rows, ["%d/%d> " % (at, size) for at in range(0, size, 30)])
        self.assertEqual((result["name"], app.settings.store["secret_key"], app.calls), ("store", "secret_key!", ["save", "changed store"]))

    def test_a_row_that_is_no_base64_is_asked_for_again(self):
        app, rows = FakeApp(), rows_of(self.STORE)
        terminal = Listener(rows[:1] + ["abc"] + rows[1:])
        do(put("store", self.STORE), app, terminal)
        self.assertEqual(terminal.rows[1:3], ["30/%d> " % len(self.STORE)] * 2)

    def test_what_is_garbled_or_cannot_be_right_changes_nothing(self):
        app = FakeApp()
        deep = b"[" * 4000
        found = [
            refusal(put("store", data, crc), app, rows_of(data, 135))
            for data, crc in ((self.STORE, 1), (b'{"endpoint": 1}', None), (b"no JSON", None), (b"\xff\xfe", None), (deep, None))
        ]
        self.assertEqual((found.count("it was done"), app.calls), (0, []))

    def test_through_the_shell_nothing_of_it_is_shown(self):
        rows = rows_of(self.STORE, 135)
        typed = [put("store", self.STORE).encode() + b" --json\r"]
        for row in rows:
            typed += [5, row.encode() + b"\r\n"]
        talk = Talk(typed + [20])
        self.assertEqual(talk.app.settings.store["secret_key"], "secret_key!")
        self.assertEqual([row for row in talk.rows if any(part in row for part in rows)], [])
        self.assertEqual(json.loads(talk.rows[-2])["name"], "store")

    def test_ctrl_c_leaves_all_as_it_was(self):
        talk = Talk([put("store", self.STORE).encode() + b"\r", 5, b"abcd", 5, b"\x03", 5])
        self.assertEqual((talk.app.calls, talk.rows[-2:]), ([], ["Stopped.", "daylog>"]))


if __name__ == "__main__":
    unittest.main()
