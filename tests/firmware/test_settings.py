# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Settings: what is refused, and what is there after a save."""

import json
import os
import unittest

from folders import Folder

from firmware import settings as settings_module
from firmware.files import exists
from firmware.settings import MIN_PART_BYTES, STORE_KEYS, TABLE, Settings


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.path = self.folder.path + "/settings.json"

    def tearDown(self):
        self.folder.remove()

    def loaded(self, values):
        with open(self.path, "w") as file:
            file.write(json.dumps(values))
        return Settings.load(self.path)

    def test_without_a_file_everything_has_its_default(self):
        settings = Settings.load(self.path)
        self.assertEqual([getattr(settings, name) for name in TABLE], [TABLE[name][0] for name in TABLE])
        self.assertEqual(settings.rejected, [])

    def test_a_broken_file_gives_the_defaults_and_is_told(self):
        found = []
        for data in (b'{"profile": "vga', b"", b"[]", b"null", b"\xff\x00\xfe", bytes(512), b"[" * 5000):
            with open(self.path, "wb") as file:
                file.write(data)
            settings = Settings.load(self.path)
            found.append((settings.segment_ms, settings.rejected))
        self.assertEqual(found, [(60000, [self.path])] * 7)

    def test_every_default_is_right(self):
        self.assertEqual([name for name in TABLE if not TABLE[name][1](TABLE[name][0])], [])

    def test_names_of_recorders_fit_the_chunk_and_the_object_key(self):
        wanted = ("daylog-1a2b3c", "a" * 16, "a" * 17, "..", "a/b", "a b", "\u00e4", 7)
        self.assertEqual([self.loaded({"device_id": name}).device_id for name in wanted], ["daylog-1a2b3c", "a" * 16] + [""] * 6)

    def test_networks_and_stores_are_checked_inside(self):
        home = {"ssid": "home", "key": "secret"}
        store = dict((key, "x") for key in STORE_KEYS)
        good = self.loaded({"wifi": [home, {"ssid": "open"}], "store": store})
        bad = self.loaded({"wifi": [home, {"key": "secret"}], "store": {"endpoint": "x"}})
        self.assertEqual((len(good.wifi), good.store, good.rejected), (2, store, []))
        self.assertEqual((bad.wifi, bad.store, sorted(bad.rejected)), ([], None, ["store", "wifi"]))

    def test_what_cannot_be_right_has_its_default(self):
        settings = self.loaded({"part_bytes": MIN_PART_BYTES - 1, "segment_ms": True, "paused": 1, "ntp_host": "clock.example"})
        self.assertEqual((settings.part_bytes, settings.segment_ms, settings.paused), (8388608, 60000, False))
        self.assertEqual((sorted(settings.rejected), settings.ntp_host), (["part_bytes", "paused", "segment_ms"], "clock.example"))

    def test_the_smallest_part_a_store_takes(self):
        self.assertEqual(self.loaded({"part_bytes": MIN_PART_BYTES}).part_bytes, 5 << 20)

    def test_a_save_keeps_what_a_newer_version_wrote(self):
        settings = self.loaded({"colour": "red"})
        settings.set("paused", True)
        settings.save()
        with open(self.path) as file:
            self.assertEqual(json.load(file), {"colour": "red", "paused": True})
        self.assertEqual(os.listdir(self.folder.path), ["settings.json"])

    def left_by_a_cut(self, old, new):
        """What is loaded from these two files, None for one that is not there: its profile, and what was rejected."""
        for path, text in ((self.path, old), (self.path + ".new", new)):
            if text is not None:
                with open(path, "w") as file:
                    file.write(text)
        settings = Settings.load(self.path)
        self.folder.remove()
        self.folder = Folder()
        self.path = self.folder.path + "/settings.json"
        return settings.profile, len(settings.rejected)

    def test_a_cut_in_a_save_leaves_the_old_settings_or_the_new_ones(self):
        old, new, half = '{"profile": "old"}', '{"profile": "new"}', '{"prof'
        cuts = [(old, None), (old, ""), (old, half), (old, new), (None, new), (new, None), (half, new), (half, half), (None, half)]
        found = [self.left_by_a_cut(*cut) for cut in cuts]
        self.assertEqual(found, [("old", 0)] * 4 + [("new", 0)] * 3 + [("", 1), ("", 0)])

    def test_a_file_system_that_does_not_replace(self):
        real, settings = settings_module.os, self.loaded({"profile": "old"})

        class Fat:
            remove = real.remove

            def rename(self, old, new):
                if exists(new):
                    raise OSError(17)
                real.rename(old, new)

        settings_module.os = Fat()
        settings.set("profile", "new")
        settings.save()
        settings_module.os = real
        self.assertEqual((Settings.load(self.path).profile, os.listdir(self.folder.path)), ("new", ["settings.json"]))

    def test_what_a_newer_version_means_otherwise_is_kept_until_it_is_set(self):
        settings = self.loaded({"version": 7, "profile": ["vga10", "hd5"], "segment_ms": 60000.0})
        self.assertEqual((settings.profile, settings.segment_ms, sorted(settings.rejected)), ("", 60000, ["profile", "segment_ms"]))
        settings.set("paused", True)
        settings.save()
        with open(self.path) as file:
            kept = json.load(file)
        self.assertEqual(kept, {"version": 7, "profile": ["vga10", "hd5"], "segment_ms": 60000.0, "paused": True})

    def test_setting_what_is_wrong_changes_nothing(self):
        settings = self.loaded({})
        for name, value, error in (("colour", "red", KeyError), ("paused", "yes", ValueError), ("part_bytes", 1024, ValueError)):
            with self.assertRaises(error):
                settings.set(name, value)
        self.assertEqual((settings.paused, settings.part_bytes), (False, 8388608))


if __name__ == "__main__":
    unittest.main()
