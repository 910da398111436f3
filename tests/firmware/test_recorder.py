# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder in virtual time: commits in time, chunks handed over, every loss explained."""

import asyncio
import unittest

from recorder_rig import PERIOD_MS, Rig

from firmware import channels

EIO, ENOSPC = 5, 28


def counted(frames):
    """Whether sequence numbers go from 1 to n without a hole."""
    return [sequence for sequence, _ in frames] == list(range(1, len(frames) + 1))


class SteadyTest(unittest.TestCase):
    def test_every_frame_is_recorded_once_and_in_order(self):
        rig = Rig(segment_ms=3_000)
        rig.run_until(20_000)
        rig.stop()
        frames = rig.frames()
        self.assertEqual((counted(frames), len(frames) == rig.recorder.sequence, rig.gaps()), (True, True, []))
        self.assertTrue(180 < len(frames) <= 190, len(frames))

    def test_stamps_follow_the_camera(self):
        rig = Rig()
        rig.run_until(10_000)
        times = [time for _, time in rig.frames()]
        steps = [times[at] - times[at - 1] for at in range(1, len(times))]
        self.assertTrue(min(steps) >= PERIOD_MS - 10 and max(steps) <= PERIOD_MS + 10, steps)

    def test_every_frame_is_durable_within_the_commit_interval(self):
        for interval_ms in (500, 2_000, 5_000):
            for step_ms in (1, 20, 60):
                rig = Rig(commit_interval_ms=interval_ms)
                rig.card.costs_ms["step"] = step_ms
                rig.run_until(15_000)
                self.assertTrue(max(rig.delays_ms()) <= interval_ms, (interval_ms, step_ms, max(rig.delays_ms())))

    def test_a_short_interval_holds_while_segments_change_too(self):
        rig = Rig(commit_interval_ms=400, segment_ms=1_000)
        rig.run_until(15_000)
        self.assertTrue(max(rig.delays_ms()) <= 400, max(rig.delays_ms()))

    def test_nobody_may_stop_the_interpreter_but_while_it_rests(self):
        rig, found = Rig(), []
        rig.run_until(3_000)
        found.append(rig.recorder.quiet_ms())
        rig.recorder.pause()
        rig.run_until(6_000)
        found.append(rig.recorder.quiet_ms())
        self.assertEqual(found, [0, 60_000])

    def test_a_full_chunk_is_handed_over_before_its_time(self):
        rig = Rig()
        rig.camera.frame = bytes(20_000)  # two in a chunk
        rig.run_until(5_000)
        rig.stop()
        self.assertEqual((counted(rig.frames()), rig.gaps(), rig.camera.dropped), (True, [], 0))
        self.assertTrue(len(rig.card.durable) >= len(rig.frames()) // 2)

    def test_a_frame_too_large_for_a_chunk_is_told(self):
        rig = Rig()
        rig.run_until(2_950)
        rig.camera.frame = bytes(70_000)
        rig.run_until(3_150)
        rig.camera.frame = bytes(3_000)
        rig.run_until(6_000)
        causes = [(cause, frames) for cause, frames, _, _ in rig.gaps()]
        self.assertEqual((causes, rig.unexplained()), ([("too_large", 1)] * 2, []))


class LossTest(unittest.TestCase):
    def test_what_a_slow_card_costs_is_counted(self):
        for stall_ms in (150, 350, 390, 900, 2_500):
            rig = Rig()
            rig.run_until(3_000)
            rig.card.costs_ms["commit"] = stall_ms
            rig.run_until(rig.keeper.now_ms + 1_100)
            rig.card.costs_ms["commit"] = 5
            rig.run_until(12_000)
            rig.stop()
            told = sum(frames for _, frames, _, _ in rig.gaps())
            found = rig.camera.opens, counted(rig.frames()), rig.unexplained(), len(rig.frames()) + told == rig.recorder.sequence
            self.assertEqual(found, (1, not told, [], True), stall_ms)
            self.assertTrue(told >= rig.camera.dropped, (stall_ms, told, rig.camera.dropped))

    def test_a_camera_that_falls_silent_is_opened_anew(self):
        rig = Rig()
        rig.run_until(3_000)
        rig.camera.silent = True
        rig.run_until(20_000)
        problem, state = rig.health.problems.get("camera"), rig.recorder.state
        rig.camera.silent = False
        rig.run_until(23_000)
        cause, frames, from_ms, to_ms = rig.gaps()[0]
        self.assertEqual((problem, state), ("the camera sends no frames; check its ribbon cable", "waiting"))
        self.assertEqual((cause, frames, rig.camera.opens, rig.health.problems), ("camera", None, 4, {}))
        self.assertTrue(2_800 <= from_ms <= 3_000 and 20_000 < to_ms < 22_000, (from_ms, to_ms))

    def test_a_camera_that_never_sends_a_frame_is_not_recording(self):
        rig = Rig()
        rig.camera.silent = True
        rig.run_until(4_000)
        early = rig.recorder.state
        rig.run_until(8_000)
        self.assertEqual((early, rig.recorder.state, list(rig.health.problems)), ("waiting", "waiting", ["camera"]))

    def test_a_camera_that_does_not_start_is_tried_ever_less_often(self):
        rig = Rig()
        rig.camera.refuses = 1_000
        rig.run_until(125_000)
        self.assertEqual((rig.camera.opens, rig.recorder.state), (10, "waiting"))  # 0.5 1 2 4 8 16 30 30 30 s apart


class CardTest(unittest.TestCase):
    def test_an_error_of_the_card_anywhere_costs_what_was_not_durable_and_is_told(self):
        for call in ("open", "put", "step", "commit", "close", "closed"):
            for after in range(0, 12, 1 if call == "step" else 3):
                rig = Rig(segment_ms=1_300)
                rig.card.errors[call] = [after, OSError(EIO)]
                rig.run_until(18_000)
                rig.stop()
                failed = [call for call in rig.card.calls if call.startswith("failed")]
                kept = [sequence for sequence, _ in rig.frames()]
                self.assertEqual((failed, kept == sorted(set(kept))), (["failed card_error"], True), (call, after))
                self.assertEqual((rig.unexplained(), rig.recorder.sequence - len(kept) <= 21), ([], True), (call, after))
                self.assertTrue((call == "open" and after == 0) or rig.gaps()[0][0] == "card_error", (call, after, rig.gaps()))

    def test_its_gap_begins_where_footage_ends(self):
        rig = Rig()
        rig.card.errors["commit"] = [3, OSError(EIO)]
        rig.run_until(8_000)
        cause, _, from_ms, to_ms = rig.gaps()[0]
        self.assertEqual((cause, from_ms), ("card_error", max([ms for _, ms in rig.frames() if ms < to_ms])))

    def test_losses_that_found_no_room_in_the_last_chunk_get_one_more_and_then_are_left_to_the_next_boot(self):
        told = []
        for gaps in (3, 70, 140):
            rig = Rig()
            rig.card.gaps = [{"cause": "power_on", "frames": None, "from_uptime_ms": None, "to_uptime_ms": None, "boot": 6}] * gaps
            rig.run_until(1_100)
            rig.stop()
            told.append((len(rig.messages(channels.GAPS)), "idle" in rig.card.calls))
        self.assertEqual(told, [(3, True), (70, True), (128, False)])

    def test_a_full_card_is_another_matter(self):
        rig = Rig()
        rig.run_until(3_000)
        rig.card.errors["step"] = [3, OSError(ENOSPC)]
        rig.run_until(10_000)
        self.assertEqual(rig.gaps()[0][:2], ("card_full", None))
        self.assertEqual(rig.card.calls, ["abandon", "full", "note_full"])

    def test_a_card_too_full_even_for_the_word_is_waited_for_like_any(self):
        rig = Rig()
        rig.card.errors.update(step=[3, OSError(ENOSPC)], note_full=[0, OSError(ENOSPC)])
        rig.run_until(10_000)
        self.assertEqual((rig.gaps()[0][0], rig.card.calls), ("card_full", ["abandon", "full"]))

    def test_who_is_paused_before_a_loss_was_told_does_not_say_that_all_is_well(self):
        rig = Rig()
        rig.run_until(3_000)
        rig.card.errors.update(step=[0, OSError(ENOSPC)], open=[0, OSError(ENOSPC)])
        rig.run_until(3_600)
        rig.recorder.pause()
        rig.run_until(5_000)
        self.assertEqual((rig.recorder.state, rig.card.calls), ("paused", ["abandon", "full", "note_full"]))

    def test_what_a_lost_chunk_had_to_tell_is_told_by_the_next(self):
        rig = Rig()
        rig.card.gaps = [{"cause": "power_on", "frames": None, "from_uptime_ms": None, "to_uptime_ms": None, "boot": 6}]
        rig.card.errors["commit"] = [0, OSError(EIO)]
        rig.run_until(6_000)
        rig.stop()
        told = [(gap["cause"], gap["boot"]) for gap in rig.messages(channels.GAPS)]
        self.assertEqual(told, [("power_on", 6), ("card_error", 7)])

    def test_without_a_card_it_waits_and_says_so(self):
        rig = Rig()
        rig.card.store = None
        rig.run_until(5_000)
        waiting, opens = rig.recorder.state, rig.camera.opens
        rig.card.store = rig.card
        rig.run_until(5_500)
        self.assertEqual((waiting, opens, rig.recorder.state), ("waiting", 0, "recording"))

    def test_one_that_takes_the_place_of_a_bad_one_is_used_at_once(self):
        rig = Rig()
        for now_ms in range(0, 40_000, 100):
            rig.card.errors["open"] = [0, OSError(EIO)]
            rig.run_until(now_ms)
        refused = len([call for call in rig.card.calls if call.startswith("failed")])
        rig.card.store, rig.card.erred = None, False
        rig.run_until(42_000)
        rig.card.errors, rig.card.store = {}, rig.card
        rig.run_until(42_600)
        self.assertEqual((refused < 10, rig.recorder.state), (True, "recording"), refused)


class RotationTest(unittest.TestCase):
    def test_by_time(self):
        rig = Rig(segment_ms=4_000)
        rig.run_until(20_000)
        lengths = [later[0] - earlier[0] for earlier, later in zip(rig.segments(), rig.segments()[1:])]
        self.assertTrue(lengths and all(3_900 <= length <= 4_500 for length in lengths), lengths)

    def test_by_size(self):
        rig = Rig()
        rig.card.chunks_a_segment = 3
        rig.run_until(20_000)
        rig.stop()
        self.assertEqual((len(rig.card.opened) > 4, counted(rig.frames()), rig.gaps()), (True, True, []))

    def test_when_the_time_becomes_known_and_never_within_a_segment(self):
        rig = Rig()
        for at_ms, offset_ms in ((4_000, 1_000_000), (8_000, 900_000), (10_000, 90_000_000)):
            rig.run_until(at_ms)
            rig.keeper.set_utc(offset_ms)
        rig.run_until(12_000)
        rig.stop()
        bases = [(about["time_base"], about["utc_offset_ms"]) for _, about in rig.card.opened]
        self.assertEqual(bases, [("uptime", "0"), ("utc", "1000000"), ("utc", "900000"), ("utc", "90000000")])
        spans = [(times[0] // 100_000, times[-1] // 100_000) for times in rig.segments()]
        self.assertEqual((spans, counted(rig.frames())), ([(0, 0), (10, 10), (9, 9), (900, 900)], True))
        clocks = [(clock["source"], clock["unix_ms"] - clock["uptime_ms"]) for clock in rig.messages(channels.CLOCK)]
        self.assertEqual(clocks, [("ntp", 1_000_000), ("ntp", 900_000), ("ntp", 90_000_000)])


class EndTest(unittest.TestCase):
    def test_stopping_at_any_moment_keeps_every_frame(self):
        for at_ms in range(1_000, 6_000, 83):
            rig = Rig(segment_ms=2_000)
            rig.card.costs_ms["step"] = 30
            rig.run_until(at_ms)
            rig.stop()
            found = counted(rig.frames()), len(rig.frames()) == rig.recorder.sequence, rig.camera.opened_ms
            self.assertEqual(found, (True, True, None), at_ms)
            self.assertTrue(not rig.card.opened or rig.card.calls[-1] == "idle", at_ms)

    def test_frames_skipped_right_before_the_end_are_told(self):
        for stop_ms in range(2_000, 3_400, 70):
            rig = Rig(segment_ms=1_000)
            rig.run_until(stop_ms)
            rig.keeper.now_ms += 1_200  # something else kept the interpreter busy
            rig.stop()
            self.assertEqual((stop_ms, rig.unexplained(), "idle" in rig.card.calls), (stop_ms, [], True))

    def test_a_pause_at_any_moment_is_one_gap(self):
        for at_ms in range(1_500, 6_000, 83):
            rig = Rig(segment_ms=2_000)
            rig.run_until(at_ms)
            rig.recorder.pause()
            rig.run_until(at_ms + 3_000)
            paused, closed = rig.recorder.state, rig.camera.opened_ms is None
            rig.recorder.resume()
            rig.run_until(at_ms + 6_000)
            rig.stop()
            times = [time for _, time in rig.frames()]
            before = max([time for time in times if time < at_ms + 1_000])
            after = min([time for time in times if time > at_ms + 1_000])
            self.assertEqual((paused, closed, counted(rig.frames())), ("paused", True, True), at_ms)
            self.assertEqual(rig.gaps(), [("paused", None, before, after)], at_ms)

    def test_a_recorder_may_begin_with_a_pause(self):
        rig = Rig(paused=True)
        rig.run_until(3_000)
        self.assertEqual((rig.recorder.state, rig.camera.opens, rig.card.opened), ("paused", 0, []))

    def test_a_card_that_fails_while_it_stops_does_not_hold_it_up(self):
        for call in ("put", "close", "closed"):
            rig = Rig()
            rig.run_until(3_050)
            rig.card.errors[call] = [0, OSError(EIO)]
            rig.stop()
            self.assertEqual((rig.recorder.state, rig.camera.opened_ms, rig.card.calls[-1]), ("paused", None, "failed card_error"), call)

    def test_who_changes_his_mind_records_on(self):
        rig = Rig()
        rig.run_until(3_000)
        asyncio.run(self.ended(rig))
        rig.keeper.now_ms += 2_000
        state = rig.recorder.state
        rig.recorder.go_on()
        rig.run_until(8_000)
        self.assertEqual((state, rig.recorder.state, rig.gaps()[0][:2]), ("stopped", "recording", ("paused", None)))
        self.assertEqual((counted(rig.frames()), rig.unexplained()), (True, []))

    async def ended(self, rig):
        rig.recorder.stop()
        await rig.recorder.run()


class FaultTest(unittest.TestCase):
    def test_a_fault_gives_up_the_segment_and_the_next_run_goes_on(self):
        for call in ("open", "put", "step", "commit", "close", "closed"):
            rig = Rig(segment_ms=1_500)
            rig.run_until(2_900)
            rig.card.errors[call] = [1, KeyError("a fault")]
            asyncio.run(self.fails(rig))
            camera = rig.camera.opened_ms
            rig.run_until(rig.keeper.now_ms + 4_000)
            rig.stop()
            self.assertEqual((camera, "failed fault" in rig.card.calls, rig.unexplained()), (None, True, []), call)
            self.assertEqual((rig.gaps()[0][:2], rig.recorder.sequence - len(rig.frames()) <= 21), (("fault", None), True), call)

    async def fails(self, rig):
        with self.assertRaises(KeyError):
            await rig.recorder.run()


if __name__ == "__main__":
    unittest.main()
