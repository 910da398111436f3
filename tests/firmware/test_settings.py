# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Settings: what is refused, and what is there after a save."""

import json
import unittest

from folders import Folder

from firmware.settings import MIN_PART_BYTES, Settings


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

    def test_a_missing_or_broken_file_gives_the_defaults(self):
        missing = Settings.load(self.path)
        with open(self.path, "w") as file:
            file.write('{"profile": "vga')
        broken = Settings.load(self.path)
        self.assertEqual([(s.segment_ms, s.paused, s.rejected) for s in (missing, broken)], [(60000, False, [])] * 2)

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

    def test_setting_what_is_wrong_changes_nothing(self):
        settings = self.loaded({})
        for name, value, error in (("colour", "red", KeyError), ("paused", "yes", ValueError), ("part_bytes", 1024, ValueError)):
            with self.assertRaises(error):
                settings.set(name, value)
        self.assertEqual((settings.paused, settings.part_bytes), (False, 8388608))


if __name__ == "__main__":
    unittest.main()
