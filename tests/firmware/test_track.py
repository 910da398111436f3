# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A screen beside the camera: both are there whole, each segment begins with a keyframe of both, and neither harms the other."""

import unittest

from recorder_rig import PERIOD_MS, Rig, RigEncoder

SCREEN = 7  # its channel
SCREEN_MS = 130
PROFILES = {
    "small": {"fps": 10, "chunk_bytes": 131072, "codec": "h264", "beside": ["screen"]},
    "alone": {"fps": 10, "chunk_bytes": 131072, "codec": "h264"},
    "screen": {"fps": 8, "chunk_bytes": 131072, "codec": "h264"},
}
EIO, ENOENT = 5, 2


def screen(group):
    return lambda keeper: RigEncoder(keeper, SCREEN_MS, group)


def both(group=9, camera=RigEncoder, **settings):
    return Rig(PROFILES, camera=camera, beside={"screen": screen(group)}, **settings)


def steps_ms(rig, channel):
    """The times between frames of which the numbers follow each other."""
    frames = rig.frames(channel)
    return {frames[at][1] - frames[at - 1][1] for at in range(1, len(frames)) if frames[at][0] == frames[at - 1][0] + 1}


def holes(rig, channel):
    """Numbers after which some are missing."""
    numbers = [0] + [sequence for sequence, _ in rig.frames(channel)]
    return [numbers[at - 1] for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1] + 1]


def gaps(rig):
    """(whose, cause, frames) of each gap that is safe."""
    return [(gap.get("stream", ""), gap["cause"], gap["frames"]) for gap in rig.messages(3)]


class TrackTest(unittest.TestCase):
    def test_every_frame_of_both_is_recorded_at_the_time_it_came(self):
        rig = both()
        rig.run_until(10_000)
        rig.stop()
        found = [(holes(rig, channel), steps_ms(rig, channel)) for channel in (1, SCREEN)]
        self.assertEqual((found, gaps(rig)), ([([], {PERIOD_MS}), ([], {SCREEN_MS})], []))
        self.assertEqual((len(rig.frames(1)) > 85, len(rig.frames(SCREEN)) > 65, rig.sources["screen"].is_open), (True, True, False))

    def test_a_segment_names_what_is_beside(self):
        rig = both()
        rig.run_until(3_000)
        self.assertEqual(rig.card.opened[0][1]["beside"], "screen:8")

    def test_each_segment_begins_with_a_keyframe_of_both(self):
        for group in (1, 2, 5, 7, 8):
            rig = both(group, segment_ms=3_000)
            rig.run_until(30_000)
            rig.stop()
            heads = [set(rig.heads(channel)) for channel in (1, SCREEN)]
            found = heads, len(rig.heads(SCREEN)) >= 7, holes(rig, SCREEN), steps_ms(rig, SCREEN), gaps(rig)
            self.assertEqual(found, ([{0}, {0}], True, [], {SCREEN_MS}, []), group)

    def test_what_waits_for_the_next_segment_is_safe_in_time(self):
        for group in (3, 5, 8, 9):
            rig = both(group, camera=lambda keeper: RigEncoder(keeper, PERIOD_MS, 10), segment_ms=3_000)
            rig.card.costs_ms["commit"] = 100
            rig.run_until(60_000)
            rig.stop()
            longest = max(rig.delays_ms(1)), max(rig.delays_ms(SCREEN))
            self.assertTrue(max(longest) < 2_000, (group, longest))

    def test_a_keyframe_that_does_not_come_is_not_waited_for_for_ever(self):
        rig = both(group=200, segment_ms=3_000)
        rig.run_until(40_000)
        rig.stop()
        self.assertEqual((set(rig.heads(1)), set(rig.heads(SCREEN)), len(rig.heads(1)) > 6), ({0}, {0}, True))
        told = sum(frames for stream, cause, frames in gaps(rig) if (stream, cause) == ("screen", "no_keyframe"))
        missing = rig.frames(SCREEN)[-1][0] - len(rig.frames(SCREEN))
        self.assertEqual((holes(rig, 1), missing > 0, told >= missing), ([], True, True))

    def test_one_that_ends_is_explained_and_started_again(self):
        rig = both()
        rig.run_until(4_000)
        rig.sources["screen"].fails = [OSError(EIO, "ffmpeg has ended with code 1")]
        rig.run_until(4_300)
        said = rig.health.problems.get("screen")
        rig.run_until(12_000)
        rig.stop()
        self.assertEqual((said, rig.health.problems), ("screen is not recorded: ffmpeg has ended with code 1", {}))
        self.assertEqual((holes(rig, 1), gaps(rig), rig.sources["screen"].opens), ([], [("screen", "camera", None)], 2))

    def test_one_that_cannot_be_started_costs_the_camera_nothing(self):
        rig = both(segment_ms=3_000)
        rig.sources["screen"].refuses = [OSError(ENOENT, "there is no ffmpeg")] * 100
        rig.run_until(20_000)
        problem = rig.health.problems.get("screen")
        rig.stop()
        self.assertEqual(
            (problem, holes(rig, 1), gaps(rig)), ("screen is not recorded: there is no ffmpeg", [], [("screen", "camera", None)])
        )
        self.assertEqual((rig.frames(SCREEN), len(rig.heads(1)) >= 5, 2 < rig.sources["screen"].opens < 10), ([], True, True))

    def test_the_screen_goes_on_without_the_camera(self):
        rig = both(segment_ms=5_000)
        rig.run_until(4_000)
        rig.camera.fails, rig.camera.refuses = [OSError(EIO, "it is gone")], [OSError(EIO, "it is gone")] * 4
        rig.run_until(16_000)
        state, problem = rig.recorder.state, rig.health.problems.get("camera")
        rig.run_until(30_000)
        rig.stop()
        self.assertEqual((state, problem, rig.health.problems), ("waiting", "the camera does not start: it is gone", {}))
        self.assertEqual((holes(rig, SCREEN), set(rig.heads(SCREEN)), gaps(rig)), ([], {0}, [("", "camera", None)]))
        self.assertEqual((len(rig.heads(SCREEN)) - len(rig.heads(1)) >= 1, max(rig.delays_ms(SCREEN)) < 2_000), (True, True))

    def test_it_goes_on_where_there_never_was_a_camera(self):
        rig = both()
        rig.camera.refuses = [OSError(ENOENT, "there is none")] * 100
        rig.run_until(20_000)
        rig.stop()
        self.assertEqual((holes(rig, SCREEN), rig.frames(1), len(rig.frames(SCREEN)) > 130), ([], [], True))

    def test_a_card_that_fails_costs_both_and_both_begin_again_with_a_keyframe(self):
        rig = both()
        rig.run_until(5_000)
        rig.card.errors["commit"] = [0, OSError(EIO)]
        rig.run_until(12_000)
        rig.stop()
        told = [("", "card_error", None), ("screen", "card_error", None)]
        self.assertEqual((sorted(gaps(rig)), set(rig.heads(1)), set(rig.heads(SCREEN))), (told, {0}, {0}))
        self.assertEqual((len(holes(rig, SCREEN)), rig.health.problems), (1, {}))

    def test_a_card_that_fails_while_the_camera_is_away_is_told_of_the_screen(self):
        rig = both()
        rig.run_until(4_000)
        rig.camera.fails, rig.camera.refuses = [OSError(EIO, "it is gone")], [OSError(EIO, "it is gone")] * 4
        rig.run_until(7_000)
        rig.card.errors["commit"] = [0, OSError(EIO)]
        rig.run_until(30_000)
        rig.stop()
        told = [("", "camera", None), ("screen", "card_error", None)]
        self.assertEqual((sorted(gaps(rig)), len(holes(rig, SCREEN)), rig.health.problems), (told, 1, {}))

    def test_a_pause_between_two_segments_without_the_camera_stops_the_screen(self):
        rig = both(segment_ms=5_000)
        rig.run_until(4_000)
        rig.camera.fails, rig.camera.refuses = [OSError(EIO, "it is gone")], [OSError(EIO, "it is gone")] * 100
        rig.run_until(7_000)
        while rig.recorder._roll.is_open():
            rig.run_until(rig.keeper.now_ms + 1)
        rig.recorder.pause()
        rig.run_until(rig.keeper.now_ms + 2_000)
        found = [(rig.sources["screen"].is_open, rig.recorder.state)]
        rig.recorder.resume()
        rig.run_until(rig.keeper.now_ms + 1_000)
        found.append((rig.sources["screen"].is_open, rig.recorder.state))
        self.assertEqual(found, [(False, "paused"), (True, "waiting")])

    def test_a_frame_too_large_costs_those_up_to_the_next_keyframe(self):
        rig = both()
        rig.run_until(5_000)
        rig.sources["screen"].size = 200_000
        rig.run_until(5_000 + SCREEN_MS)
        rig.sources["screen"].size = 3_000
        rig.run_until(9_000)
        rig.stop()
        found = [(stream, cause) for stream, cause, _ in gaps(rig)]
        self.assertEqual((found, holes(rig, 1)), ([("screen", "too_large"), ("screen", "no_keyframe")], []))

    def test_a_pause_stops_both(self):
        rig = both()
        rig.run_until(4_000)
        rig.recorder.pause()
        rig.run_until(6_000)
        was_open = rig.sources["screen"].is_open
        rig.recorder.resume()
        rig.run_until(9_000)
        rig.stop()
        self.assertEqual((was_open, gaps(rig), holes(rig, SCREEN)), (False, [("", "paused", None)], []))

    def test_another_profile_is_without_it(self):
        rig = both()
        rig.run_until(4_000)
        rig.recorder.use("alone")
        rig.run_until(8_000)
        rig.recorder.use("small")
        rig.run_until(12_000)
        rig.stop()
        beside = [about.get("beside", "") for _, about in rig.card.opened]
        self.assertEqual((beside, holes(rig, SCREEN)), (["screen:8", "", "screen:8"], []))


if __name__ == "__main__":
    unittest.main()
