# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A camera that is off between two pictures."""

import unittest

from firmware.lapse import SETTLE_MS, Lapse

STEP_MS = 100


class FakeCamera:
    broken = False

    def __init__(self):
        self.calls = []

    def open(self, profile):
        if self.broken:
            raise OSError(19)
        self.calls.append("open " + profile["grab"])

    def close(self):
        self.calls.append("close")

    def available(self):
        return True

    def capture(self):
        return b"picture"

    def release(self):
        self.calls.append("release")

    def tune(self, knob, value):
        if self.broken or knob == "nonsense":
            raise OSError(22)
        self.calls.append("%s %d" % (knob, value))


class TestLapse(unittest.TestCase):
    def setUp(self):
        self.camera, self.now_ms = FakeCamera(), 1000
        self.lapse = Lapse(self.camera, lambda: self.now_ms)

    def pictures(self, duration_ms):
        """Look so often; returns when pictures were taken."""
        taken, until_ms = [], self.now_ms + duration_ms
        while self.now_ms < until_ms:
            if self.lapse.available():
                self.assertEqual(self.lapse.capture(), b"picture")
                self.lapse.release()
                taken.append(self.now_ms)
            self.now_ms += STEP_MS
        return taken

    def test_another_profile_runs_as_it_is(self):
        self.lapse.open({"grab": "WHEN_EMPTY", "fps": 10})
        taken = self.pictures(1000)
        self.lapse.close()
        self.assertEqual((len(taken), self.camera.calls), (10, ["open WHEN_EMPTY"] + ["release"] * 10 + ["close"]))

    def test_the_sensor_runs_for_each_picture_only(self):
        self.lapse.open({"grab": "WHEN_EMPTY", "fps": 10, "every_s": 10})
        taken = self.pictures(30_000)
        self.assertEqual(taken, [1000 + SETTLE_MS + n * 10_000 for n in range(3)])
        self.assertEqual(self.camera.calls, ["open LATEST", "release", "close"] * 3)

    def test_one_that_does_not_start_is_tried_again(self):
        self.camera.broken = True
        self.lapse.open({"grab": "LATEST", "fps": 10, "every_s": 10})
        taken = self.pictures(3000)
        self.camera.broken = False
        self.assertEqual((taken, self.pictures(1000)), ([], [4000 + SETTLE_MS]))
