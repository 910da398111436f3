# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import os
import unittest

from folders import Folder

from firmware.files import numbers_in, usable_folder


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.path = self.folder.path + "/journal"

    def tearDown(self):
        self.folder.remove()

    def test_where_a_cut_has_left_a_file_of_its_name_a_folder_is_made_beside_it(self):
        first = usable_folder(self.path)
        os.rmdir(self.path)
        with open(self.path, "wb"):
            pass
        self.assertEqual((first, usable_folder(self.path)), (self.path, self.path + "_"))
        self.assertEqual((usable_folder(self.path), sorted(os.listdir(self.folder.path))), (self.path + "_", ["journal", "journal_"]))

    def test_what_is_no_folder_holds_no_numbers(self):
        os.mkdir(self.path)
        for name in ("000007.jnl", "3.jnl", "x.jnl", "000009", "\u00e9.jnl"):
            with open(self.path + "/" + name, "wb"):
                pass
        found = [numbers_in(path, ".jnl") for path in (self.path, self.path + "/000009", self.path + "/000009/000", self.path + "x")]
        self.assertEqual(found, [[3, 7], [], [], []])


if __name__ == "__main__":
    unittest.main()
