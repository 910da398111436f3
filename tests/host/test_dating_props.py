# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whatever the weeks were like, a date is never further off than it says, and never out of order."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from host_tools.dating import Facts, date_by

S = 10**9
START = 1_795_435_200 * S
EPOCH_2000 = 946_684_800 * S


@dataclass
class Chip:
    """Counts too fast or too slow, and from its epoch when its power has gone."""

    drift: float
    at: int = START
    shows: int = EPOCH_2000

    def reads(self, at: int) -> int:
        return self.shows + round((at - self.at) * (1 + self.drift))

    def set(self, at: int, shows: int) -> None:
        self.at, self.shows = at, shows


BOOT = st.fixed_dictionaries(
    {
        "off_s": st.integers(1, 3 * 86_400),
        "length_s": st.integers(1, 14 * 3600),
        "told_at": st.none() | st.floats(0, 1),  # of its length
        "power_went": st.sampled_from([False, False, False, True]),
    }
)
WEEKS = st.lists(BOOT, min_size=1, max_size=12)


def live(weeks: list[dict], drift_ppm: int, has_chip: bool) -> tuple[list[Facts], list[int]]:
    """(what each boot recorded, when it really was)"""
    chip, now, facts, truth = Chip(drift_ppm * 1e-6), START, [], []
    for number, boot in enumerate(weeks, 1):
        now += boot["off_s"] * S
        if boot["power_went"]:
            chip.set(now, EPOCH_2000)
        reading, length, told, set_at = chip.reads(now), boot["length_s"] * S, None, None
        if boot["told_at"] is not None:
            set_at = now + int(length * boot["told_at"])
            told = now
            chip.set(set_at, set_at // S * S)
        facts.append(Facts(number, length, told, reading if has_chip else None, set_at))
        truth.append(now)
        now += length
    return facts, truth


@given(WEEKS, st.integers(-90, 90), st.booleans())
def test_the_truth_lies_within_what_is_said(weeks, drift_ppm, has_chip):
    facts, truth = live(weeks, drift_ppm, has_chip)
    for (number, dating), true_ns in zip(date_by(facts).items(), truth, strict=True):
        if facts[number - 1].told_ns is not None:
            assert (dating.how, dating.utc_ns) == ("told", true_ns)
        assert dating.earliest_ns is None or dating.earliest_ns <= true_ns
        assert dating.latest_ns is None or true_ns <= dating.latest_ns


@given(WEEKS, st.integers(-90, 90), st.booleans())
def test_boots_keep_their_order_as_far_as_they_are_dated(weeks, drift_ppm, has_chip):
    """To within the second to which a chip is set; what is within a boot follows its uptime, by one offset."""
    facts, _ = live(weeks, drift_ppm, has_chip)
    dated = [dating.utc_ns for dating in date_by(facts).values() if dating.utc_ns is not None]
    assert all(later - earlier > -2 * S for earlier, later in pairwise(dated))


@given(WEEKS, st.integers(-90, 90))
def test_one_answer_dates_a_whole_run_of_the_chip(weeks, drift_ppm):
    """A week without any network lands on the right minutes once one mapping is known."""
    quiet = [{**boot, "told_at": None, "power_went": False, "off_s": boot["off_s"] % 40_000 + 1} for boot in weeks]
    facts, truth = live([*quiet, {"off_s": 5, "length_s": 60, "told_at": 0.5, "power_went": False}], drift_ppm, True)
    dates = date_by(facts)
    assert {dates[n].how for n in range(1, len(facts))} <= {"chip"}
    assert all(abs((dates[n].utc_ns or 0) - true) <= (truth[-1] - true) * 90e-6 + 1 for n, true in enumerate(truth, 1))
