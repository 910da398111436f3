# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A scene that stands still is told from one that moves by the sizes of its frames."""

import unittest

from recorder_rig import PERIOD_MS, Rig

from firmware.stillness import EVERY_MS, SETTLE_MS, Stillness


def kept(sizes):
    """Times of the frames that are kept, at ten a second."""
    stillness = Stillness()
    return [at * 100 for at, size in enumerate(sizes) if stillness.wants(size, at * 100)]


def noisy(frames):
    return [30_000 + at * 37 % 200 for at in range(frames)]


class StillnessTest(unittest.TestCase):
    def test_a_still_scene_keeps_a_frame_a_second_once_it_has_settled(self):
        self.assertEqual(kept(noisy(80)), list(range(0, SETTLE_MS, 100)) + [5900, 6900, 7900])

    def test_a_scene_that_moves_keeps_all(self):
        for step in (300, 3_000):  # 1 %, 10 % from frame to frame
            self.assertEqual(len(kept([30_000 + at % 7 * step for at in range(300)])), 300)

    def test_a_slow_drift_is_no_standstill(self):
        self.assertEqual(len(kept([30_000 + 10 * at for at in range(300)])), 300)

    def test_the_frame_that_ends_a_standstill_is_kept_and_those_after_it(self):
        times = kept(noisy(85) + [33_000 + 400 * at for at in range(10)])
        self.assertEqual(times[-11:], [7900] + list(range(8_500, 9_500, 100)))

    def test_a_camera_that_starts_anew_is_waited_for_anew(self):
        stillness = Stillness()
        for at_ms in range(0, 2 * SETTLE_MS, 100):
            stillness.wants(30_000, at_ms)
        before = stillness.is_still
        stillness.restart()
        self.assertEqual(
            (before, stillness.is_still, stillness.wants(30_000, 3 * SETTLE_MS), stillness.is_still), (True, False, True, False)
        )


class RecorderTest(unittest.TestCase):
    """The rig's camera sends the same picture for ever."""

    def test_it_is_off_unless_the_owner_wants_it(self):
        rig = Rig()
        rig.run_until(20_000)
        self.assertEqual((len(rig.frames()) > 170, rig.gaps()), (True, []))

    def test_what_is_left_out_is_told_to_the_frame(self):
        rig = Rig(adaptive=True)
        rig.run_until(30_000)
        rig.stop()
        told = sum(frames for _, frames, _, _ in rig.gaps())
        self.assertEqual(({cause for cause, *_ in rig.gaps()}, len(rig.frames()) + told), ({"still"}, rig.recorder.sequence))

    def test_a_frame_of_a_standstill_is_as_safe_as_any(self):
        rig = Rig(adaptive=True)
        rig.run_until(30_000)
        late = [delay_ms for delay_ms in rig.delays_ms() if delay_ms > rig.settings.commit_interval_ms]
        times = [stamp_ms for _, stamp_ms in rig.frames()]
        longest_ms = max(times[at] - times[at - 1] for at in range(1, len(times)))
        self.assertEqual((late, EVERY_MS <= longest_ms <= EVERY_MS + PERIOD_MS), ([], True))


if __name__ == "__main__":
    unittest.main()
