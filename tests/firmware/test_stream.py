# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder with a stream of which only keyframes can be decoded alone."""

import unittest

from recorder_rig import PERIOD_MS, Rig, RigEncoder

PROFILES = {"small": {"fps": 10, "chunk_bytes": 65536, "codec": "h264"}}
EIO = 5


def stream(**settings):
    return Rig(PROFILES, camera=RigEncoder, **settings)


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
        self.assertEqual((set(rig.heads()), len(rig.heads()) >= 5, rig.gaps()), ({0}, True, []))

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
        self.assertEqual((joints(rig), set(rig.heads()), rig.unexplained()), ([0], {0}, []))
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
        self.assertEqual((set(rig.heads()), rig.unexplained()), ({0}, []))
        self.assertEqual({cause for cause, _, _, _ in rig.gaps()} - {"no_keyframe"}, set())

    def test_what_an_encoder_has_given_last_is_safe_soon_after_it_is_gone(self):
        for at_ms in (3_000, 3_300, 3_600, 3_950):
            rig = stream()
            rig.run_until(at_ms)
            rig.camera.fails, rig.camera.refuses = [OSError(EIO, "it is gone")], [OSError(EIO, "it is gone")] * 100
            rig.run_until(at_ms + 2_000)
            self.assertEqual((at_ms, len(rig.frames())), (at_ms, rig.recorder.sequence))

    def test_a_segment_that_is_over_is_closed_though_the_encoder_is_gone(self):
        rig = stream(segment_ms=3_000)
        rig.run_until(4_300)
        rig.camera.fails, rig.camera.refuses = [OSError(EIO, "it is gone")], [OSError(EIO, "it is gone")] * 100
        rig.run_until(9_000)
        self.assertEqual(([call for call in rig.card.calls if call.startswith("closed")], rig.unexplained()), (["closed 1"], []))

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
