# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from sim.device.scene import Scene

PLACES = {"rich@100": (0, 10), "rich@50": (10, 5), "rich@100 still": (20, 2), "rich@50 still": (30, 3), "poor@50": (40, 4)}


class Reel:
    def of(self, name):
        return PLACES[name]


class TestScene(unittest.TestCase):
    def seen(self, scene, *moments_us):
        return [scene.index_of(7, now_us) for now_us in moments_us]

    def test_how_busy_it_is_chooses_the_frames(self):
        scene = Scene(Reel(), [[0, 100], [1000, 50]])
        scene.begin("rich", 0)
        self.assertEqual(self.seen(scene, 0, 999, 1000, 5000), [7, 7, 12, 12])

    def test_a_still_scene_has_frames_of_its_own(self):
        scene = Scene(Reel(), [[0, 100], [1500, 50]], [[1000, 2000], [3000, 4000]])
        scene.begin("rich", 0)
        self.assertEqual(self.seen(scene, 999, 1000, 1499, 1500, 2000, 3000, 4000), [7, 21, 21, 31, 12, 31, 12])

    def test_each_profile_sees_it_in_its_way(self):
        scene = Scene(Reel(), [[0, 50]])
        scene.begin("poor", 0)
        self.assertEqual(self.seen(scene, 10), [43])

    def test_a_scene_of_which_nothing_is_said_is_as_busy_as_usual(self):
        scene = Scene(Reel())
        scene.begin("rich", 0)
        self.assertEqual(self.seen(scene, 10), [7])


if __name__ == "__main__":
    unittest.main()
