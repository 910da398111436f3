# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whatever the sizes: never long without a frame, never a jump that is missed, nothing left out of what keeps moving."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from firmware.stillness import EVERY_MS, SETTLE_MS, Stillness

FRAMES = st.lists(st.tuples(st.integers(1, 400_000), st.integers(1, 700)), max_size=200)  # bytes, ms since the one before


def judged(frames):
    """(size, when, kept) of each."""
    stillness, now_ms, rows = Stillness(), 0, []
    for size, step_ms in frames:
        now_ms += step_ms
        rows.append((size, now_ms, stillness.wants(size, now_ms)))
    return rows


@given(FRAMES)
def test_no_frame_is_further_from_a_kept_one_than_the_pace_of_a_standstill(frames):
    kept_ms = None
    for _, now_ms, kept in judged(frames):
        kept_ms = now_ms if kept else kept_ms
        assert kept_ms is not None and now_ms - kept_ms < EVERY_MS


@given(FRAMES)
def test_a_frame_whose_size_is_unlike_the_one_before_is_kept(frames):
    rows = judged(frames)
    for (before, *_), (size, _, kept) in pairwise(rows):
        assert kept or abs(size - before) <= max(size, before) / 100


@given(st.integers(1_000, 300_000), st.lists(st.floats(1.02, 1.5), max_size=60), st.integers(1, 2 * SETTLE_MS))
def test_who_moves_loses_nothing(size, factors, step_ms):
    sizes = [int(size * factor) if at % 2 else size for at, factor in enumerate(factors)]
    assert all(kept for *_, kept in judged([(each, step_ms) for each in sizes]))
