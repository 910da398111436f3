# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How wrong a forecast of the battery can be: bounded, whatever a board really draws, and told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.forecast import LEAST_SCALE, MOST_SCALE, Forecast

LOOK_MS, HOUR_MS = 10_000, 3_600_000
BATTERY_MAH, EXPECTED_MA = 1000, 150
FACTOR = st.floats(0.4, 3.5)  # real consumption over the board's figures


def drained(forecast, factor_at, noise=lambda look: 0, start_percent=95.0, end_percent=40.0):
    """Feed it from a gauge of whole percents until so much is used; `factor_at(percent)` is what is really drawn. Returns what is left."""
    percent, look = start_percent, 0
    while percent > end_percent:
        forecast.feed(look * LOOK_MS, int(percent) + noise(look), None, EXPECTED_MA)
        percent -= factor_at(percent) * EXPECTED_MA * LOOK_MS / HOUR_MS / BATTERY_MAH * 100
        look += 1
    return percent


def real_hours(percent, factor):
    return percent * BATTERY_MAH / 100 / (EXPECTED_MA * factor)


@settings(deadline=None, max_examples=40)
@given(FACTOR)
def test_after_half_a_battery_it_is_a_tenth_off_at_most(factor):
    forecast = Forecast(BATTERY_MAH)
    percent = drained(forecast, lambda percent: factor)
    assert abs(forecast.hours(percent, EXPECTED_MA) / real_hours(percent, factor) - 1) < 0.1
    assert forecast.error_percent is not None and forecast.error_percent < 25


@settings(deadline=None, max_examples=40)
@given(FACTOR, st.lists(st.integers(-1, 1), min_size=7, max_size=300))
def test_with_a_gauge_that_wavers_by_a_percent_it_is_half_off_at_most(factor, wavering):
    forecast = Forecast(BATTERY_MAH)
    percent = drained(forecast, lambda percent: factor, lambda look: wavering[look % len(wavering)])
    assert 0.5 < forecast.hours(percent, EXPECTED_MA) / real_hours(percent, factor) < 1.5


@settings(deadline=None, max_examples=40)
@given(st.floats(0.5, 1.2), st.floats(1.6, 2.5))
def test_who_draws_more_all_of_a_sudden_is_told_of(factor, times):
    steady, sudden = Forecast(BATTERY_MAH), Forecast(BATTERY_MAH)
    drained(steady, lambda percent: factor, end_percent=30.0)
    drained(sudden, lambda percent: factor if percent > 40 else factor * times, end_percent=30.0)
    assert steady.error_percent < 10 < sudden.error_percent


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.none() | st.integers(0, 110), st.none() | st.integers(-9000, 9000)), max_size=80))
def test_whatever_it_is_fed_it_stays_within_its_bounds(readings):
    forecast, now_ms = Forecast(BATTERY_MAH), 0
    for passed_ms, percent, current_ma in readings:
        now_ms += passed_ms
        forecast.feed(now_ms, percent, current_ma, EXPECTED_MA)
    assert LEAST_SCALE <= forecast.scale <= MOST_SCALE
    assert (forecast.error_percent or 0) >= 0
