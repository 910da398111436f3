# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder with a stream of which only keyframes can be decoded alone."""

import unittest

from recorder_rig import PERIOD_MS, Rig

PROFILES = {"small": {"fps": 10, "chunk_bytes": 65536, "codec": "h264"}}
GROUP = 7  # frames from one keyframe to the next
EIO = 5


class Encoder:
    """A frame each period; what is not taken waits. The first byte of each frame is its number in the group."""

    def __init__(self, keeper):
        self._keeper = keeper
        self._opened_ms = None
        self._taken = 0
        self.size = 3_000
        self.fails = []

    def open(self, profile):
        self._opened_ms, self._taken = self._keeper.now_ms, 0

    def close(self):
        self._opened_ms = None

    def available(self):
        if self.fails:
            raise self.fails.pop()
        return self._came_ms() + PERIOD_MS <= self._keeper.now_ms  # known to be whole when the next one comes

    def _came_ms(self):
        return self._opened_ms + (self._taken + 1) * PERIOD_MS

    def capture(self):
        return memoryview(bytes([self._taken % GROUP]) + bytes(self.size))

    def keyframe(self):
        return self._taken % GROUP == 0

    def waited_ms(self):
        return self._keeper.now_ms - self._came_ms()

    def release(self):
        self._taken += 1


def stream(**settings):
    rig = Rig(PROFILES, **settings)
    rig.camera = rig.recorder._camera = rig.recorder._cadence._camera = Encoder(rig.keeper)
    return rig


def heads(rig):
    """The number in its group of the first frame of each segment."""
    firsts = {}
    for segment, _, _, _, data in rig._durable(1):
        firsts.setdefault(segment, data[33])
    return [firsts[number] for number in sorted(firsts)]


def joints(rig):
    """After each hole in the numbers: the number in its group of the frame that follows."""
    found, last = [], 0
    for _, _, sequence, _, data in rig._durable(1):
        if sequence != last + 1:
            found.append(data[33])
        last = sequence
    return found


class StreamTest(unittest.TestCase):
    def test_every_frame_is_recorded_at_the_time_it_came(self):
        rig = stream()
        rig.run_until(10_000)
        rig.stop()
        frames = rig.frames()
        steps = {frames[at][1] - frames[at - 1][1] for at in range(1, len(frames))}
        self.assertEqual((frames[-1][0], steps, rig.gaps()), (len(frames), {PERIOD_MS}, []))

    def test_segments_begin_with_a_keyframe(self):
        rig = stream(segment_ms=3_000)
        rig.run_until(20_000)
        rig.stop()
        self.assertEqual((set(heads(rig)), len(heads(rig)) >= 5, rig.gaps()), ({0}, True, []))

    def test_a_slow_card_costs_nothing_but_time(self):
        rig = stream(segment_ms=5_000)
        rig.card.costs_ms["commit"] = 900
        rig.run_until(20_000)
        rig.stop()
        self.assertEqual((rig.unexplained(), joints(rig), rig.gaps()), ([], [], []))

    def test_after_a_failure_of_the_card_it_goes_on_with_a_keyframe(self):
        rig = stream()
        rig.run_until(5_000)
        rig.card.errors["commit"] = [0, OSError(EIO)]
        rig.run_until(12_000)
        self.assertEqual((joints(rig), set(heads(rig)), rig.unexplained()), ([0], {0}, []))
        self.assertEqual([cause for cause, _, _, _ in rig.gaps()], ["card_error"])

    def test_a_frame_too_large_costs_those_up_to_the_next_keyframe(self):
        rig = stream()
        rig.run_until(5_050)
        rig.camera.size = 70_000
        rig.run_until(5_150)
        rig.camera.size = 3_000
        rig.run_until(9_000)
        causes = [cause for cause, _, _, _ in rig.gaps()]
        self.assertEqual((causes, joints(rig), rig.unexplained()), (["too_large", "no_keyframe"], [0], []))

    def test_a_full_segment_does_not_wait_for_a_keyframe_for_ever(self):
        rig = stream()
        rig.card.chunks_a_segment = 1
        rig.run_until(10_000)
        self.assertEqual((set(heads(rig)), rig.unexplained()), ({0}, []))
        self.assertEqual({cause for cause, _, _, _ in rig.gaps()} - {"no_keyframe"}, set())

    def test_an_encoder_that_fails_is_started_again(self):
        rig = stream()
        rig.run_until(4_000)
        rig.camera.fails = [OSError(EIO, "the encoder has ended")]
        rig.run_until(9_000)
        self.assertEqual(([cause for cause, _, _, _ in rig.gaps()], rig.unexplained()), (["camera"], []))
        said = [text for _, _, kind, text, _ in rig.health.events if "encoder" in text]
        self.assertEqual(said[:1], ["the camera has failed: the encoder has ended"])


if __name__ == "__main__":
    unittest.main()
