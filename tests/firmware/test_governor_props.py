# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whatever gauge, heat and backlog do: no flapping, a radio within its budget, and no surprise."""

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import governor
from firmware.governor import MOST_SWITCHES_PER_HOUR, RADIO_CREDIT_MS, RADIO_SHARE, RECORD, REST, SLEEP, Governor, Situation

HOUR_MS = 3_600_000
LOOK_MS = 30_000
PROFILES = {
    "rich": {"fps": 10, "expected_kb_per_frame": 30, "current_ma": 200},
    "plain": {"fps": 5, "expected_kb_per_frame": 20, "current_ma": 120},
    "lapse": {"fps": 1, "expected_kb_per_frame": 20, "current_ma": 60},
}
SITUATION = st.fixed_dictionaries(
    {
        "percent": st.none() | st.integers(0, 110),
        "battery_mv": st.none() | st.integers(2800, 4300),
        "current_ma": st.none() | st.integers(-3000, 3000),
        "external": st.none() | st.booleans(),
        "temperature_c": st.none() | st.integers(-30, 110),
        "rssi": st.none() | st.integers(-100, -20),
        "target_ms": st.integers(0, 20 * HOUR_MS),
        "backlog_bytes": st.integers(0, 1 << 34),
        "backlog_ms": st.integers(0, 100 * HOUR_MS),
        "wants_time": st.booleans(),
    }
)
NOISE = st.lists(st.tuples(st.integers(1, 40), SITUATION), min_size=1, max_size=60)


def looks(stretches):
    """(time, situation) of each look: every situation lasts for some of them."""
    now_ms = 0
    for count, known in stretches:
        it = Situation()
        for name, value in known.items():
            setattr(it, name, value)
        for _ in range(count):
            now_ms += LOOK_MS
            yield now_ms, it


@settings(max_examples=60, deadline=None)
@given(NOISE)
def test_profiles_never_flap(stretches):
    chief, switches = Governor(PROFILES, "rich", 1000, 100), []
    for now_ms, it in looks(stretches):
        before = chief.profile
        chief.look(now_ms, it)
        if chief.profile != before:
            switches.append(now_ms)
    in_an_hour = [sum(at <= other < at + HOUR_MS for other in switches) for at in switches]
    assert max(in_an_hour, default=0) <= MOST_SWITCHES_PER_HOUR


@settings(max_examples=60, deadline=None)
@given(NOISE)
def test_on_battery_the_radio_keeps_its_budget(stretches):
    chief, on_ms, battery_ms, last_ms = Governor(PROFILES, "rich", 1000, 100), 0, 0, 0
    for now_ms, it in looks(stretches):
        chief.look(now_ms, it)
        if not it.external:
            battery_ms += now_ms - last_ms
            on_ms += (now_ms - last_ms) * chief.radio
        last_ms = now_ms
    stretches_on_charger = sum(bool(known["external"]) for _, known in stretches)
    slack_ms = (1 + stretches_on_charger) * (governor.RADIO_ON_MS + LOOK_MS)  # it stays on so long when the charger goes
    assert on_ms <= battery_ms * RADIO_SHARE + RADIO_CREDIT_MS + slack_ms


@settings(max_examples=60, deadline=None)
@given(NOISE)
def test_it_sleeps_only_on_an_empty_battery_and_rests_only_in_heat(stretches):
    chief, odd = Governor(PROFILES, "rich", 1000, 100), []
    for now_ms, it in looks(stretches):
        rested = chief.mode == REST
        chief.look(now_ms, it)
        low = (it.percent is not None and it.percent <= governor.CRITICAL_PERCENT) or (it.battery_mv or 9999) <= governor.CRITICAL_MV
        hot = (it.temperature_c or 0) >= (governor.HOT_C - governor.COOLER_C if rested else governor.REST_C)
        allowed = {RECORD: True, SLEEP: low and not it.external, REST: hot}
        if not allowed[chief.mode] or chief.profile not in PROFILES or not chief.why:
            odd.append((now_ms, chief.mode))
    assert odd == []
