# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Sound beside the pictures: when each sample was taken, and that nothing the microphone does harms the pictures."""

import unittest

from recorder_rig import Rig

from firmware.sound import SampleClock

EIO = 5
HOUR_MS = 3_600_000


def errors_ms(rig):
    """By how much the time of the first sample of each block is wrong; sample and time are numbers of milliseconds."""
    return [(log_ms - samples[0] + 32768) % 65536 - 32768 for log_ms, samples in rig.sounds()]


def heard_ms(rig):
    return sum(len(samples) for _, samples in rig.sounds())


def errors_of_an_hour_ms(ppm):
    """By how much the clock was wrong at least and at most, with samples that come in lots of 64, and looks that are up to 60 ms late."""
    rate_hz = 16_000
    clock, counted, wrong_ms = SampleClock(rate_hz, 0, 0), 0, [0, 0]
    for look in range(1, HOUR_MS // 40):
        now_ms = look * 40 + look * look % 61
        # Not in one product: on a microcontroller it would not be a small integer.
        there = now_ms * (rate_hz // 1000) + now_ms // 1000 * (rate_hz // 1000) * ppm // 1000
        there -= there % 64
        clock.count(there - counted)
        clock.drained(now_ms)
        counted = there
        true_ms = there // 16 - there // 16 // 1000 * ppm // 1000
        error_ms = clock.next_ms() - true_ms
        wrong_ms = [min(wrong_ms[0], error_ms), max(wrong_ms[1], error_ms)]
    return wrong_ms


class Sound(unittest.TestCase):
    def test_none_is_recorded_unless_it_is_wanted(self):
        rig = Rig(hears=True)
        rig.run_until(5_000)
        rig.stop()
        self.assertEqual((list(rig.sounds()), rig.microphone.is_open), ([], False))

    def test_a_board_without_a_microphone_is_silent(self):
        rig = Rig(microphone=True)
        rig.run_until(5_000)
        rig.stop()
        self.assertEqual((list(rig.sounds()), len(rig.frames()) > 35, rig.health.problems), ([], True, {}))

    def test_each_sample_is_there_once(self):
        rig = Rig(hears=True, microphone=True, segment_ms=3_000)
        rig.run_until(10_000)
        rig.stop()
        samples = [sample for _, block in rig.sounds() for sample in block]
        first = samples[0]
        self.assertEqual((samples == list(range(first, first + len(samples))), len(samples) > 8_800), (True, True))

    def test_an_hour_with_a_bad_crystal_stays_in_time(self):
        for ppm in (-200, 0, 200):
            wrong_ms = errors_of_an_hour_ms(ppm)
            self.assertEqual((ppm, wrong_ms[0] >= -5, wrong_ms[1] <= 10), (ppm, True, True))

    def test_samples_that_are_lost_do_not_shift_those_after_them(self):
        rig = Rig(hears=True, microphone=True)
        rig.run_until(5_000)
        rig.keeper.now_ms += 1_000  # somebody keeps the interpreter busy for longer than the microphone's buffer lasts
        rig.run_until(10_000)
        rig.stop()
        late = [error for error in errors_ms(rig) if not -10 <= error <= 10]
        counted_ms = rig.health.counters["lost_sound_ms"]
        self.assertEqual((len(late) <= 4, 700 <= counted_ms <= 800), (True, True))

    def test_a_microphone_that_fails_costs_no_picture(self):
        rig = Rig(hears=True, microphone=True)
        rig.run_until(3_000)
        rig.microphone.trouble = EIO
        rig.run_until(6_000)
        said = rig.health.problems["microphone"]
        rig.microphone.trouble = 0
        rig.run_until(20_000)
        rig.stop()
        found = ("failed" in said, "microphone" in rig.health.problems, rig.gaps(), heard_ms(rig) > 10_000)
        self.assertEqual(found, (True, False, [], True))

    def test_one_that_falls_silent_is_started_again(self):
        rig = Rig(hears=True, microphone=True)
        rig.run_until(3_000)
        rig.microphone.is_dumb = True
        rig.run_until(8_000)
        said = rig.health.problems.get("microphone", "")
        rig.microphone.is_dumb = False
        rig.run_until(12_000)
        rig.stop()
        self.assertEqual(("sends nothing" in said, rig.health.problems, rig.gaps()), (True, {}, []))

    def test_a_pause_is_a_pause_for_the_ears_as_well(self):
        rig = Rig(hears=True, microphone=True)
        rig.run_until(5_000)
        rig.recorder.pause()
        rig.run_until(15_000)
        was_open = rig.microphone.is_open
        rig.recorder.resume()
        rig.run_until(20_000)
        rig.stop()
        between = [log_ms for log_ms, _ in rig.sounds() if 5_200 < log_ms < 14_900]
        self.assertEqual((was_open, between, max(errors_ms(rig)) <= 10), (False, [], True))

    def test_it_can_be_switched_while_recording(self):
        rig = Rig(hears=True)
        rig.run_until(5_000)
        rig.settings.microphone = True
        rig.run_until(10_000)
        rig.settings.microphone = False
        rig.run_until(15_000)
        rig.stop()
        times = [log_ms for log_ms, _ in rig.sounds()]
        self.assertEqual((times[0] > 4_900, times[-1] < 10_200, len(times) > 45, len(rig.segments())), (True, True, True, 3))


if __name__ == "__main__":
    unittest.main()
