# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The chooser, whatever the settings and the air: never one that is barred or metered, and no change that would be taken back."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from firmware.networks import REASONS, Networks

NAMES = "abcd"
RSSI = st.integers(-95, -25)
HEARD = st.dictionaries(st.sampled_from([*NAMES, "stranger", ""]), RSSI)
FLAGS = st.fixed_dictionaries({"priority": st.integers(-2, 2), "hidden": st.booleans(), "metered": st.booleans()})
KNOWN = st.lists(st.sampled_from(NAMES), unique=True, min_size=1).flatmap(
    lambda names: st.tuples(*(FLAGS.map(lambda flags, name=name: {"ssid": name, **flags}) for name in names)).map(list)
)
PAST = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from([*REASONS, "joined", "proved", "heard"]), st.integers(0, 10_000_000)), max_size=12
)


def networks_after(known: list, past: list) -> tuple[Networks, list[int]]:
    now = [0]
    networks = Networks(SimpleNamespace(wifi=known), lambda: now[0])
    for name, what, passed_ms in past:
        now[0] += passed_ms
        if name not in [network["ssid"] for network in known]:
            continue
        if what == "heard":
            networks.hear({name: -90 + passed_ms % 60})
        elif what in REASONS:
            networks.failed(name, what)
        else:
            getattr(networks, what)(name)
    return networks, now


@given(KNOWN, PAST, st.none() | HEARD, st.booleans())
def test_the_order_holds_each_that_may_be_tried_once(known, past, heard, time_wanted):
    networks, _ = networks_after(known, past)
    barred = {row["ssid"] for row in networks.table() if row["barred_ms"]}
    may = [
        n["ssid"]
        for n in known
        if n["ssid"] not in barred and (time_wanted or not n["metered"]) and (heard is None or n["ssid"] in heard or n["hidden"])
    ]
    order = networks.order(heard, time_wanted)
    assert sorted(n["ssid"] for n in order) == sorted(may)
    wanted = [n["priority"] for n in order if not n["metered"]]
    assert wanted == sorted(wanted, reverse=True)


@given(KNOWN, PAST, HEARD, st.sampled_from(NAMES))
def test_no_change_is_ever_taken_back(known, past, heard, here):
    """With the same signals whoever was left is never better again: roaming cannot flap."""
    networks, _ = networks_after(known, past)
    seen, rssi_dbm = [here], heard.get(here, -90)
    while (found := networks.better(seen[-1], rssi_dbm, heard)) is not None:
        assert found["ssid"] not in seen and not found["metered"]
        rssi_dbm = heard[found["ssid"]]
        seen.append(found["ssid"])


@given(KNOWN, st.lists(st.sampled_from(list(REASONS)), min_size=1, max_size=40))
def test_nobody_is_left_alone_for_more_than_two_hours(known, reasons):
    networks, now = networks_after(known, [])
    for why in reasons:
        bar_ms = networks.failed(known[0]["ssid"], why)
        assert 0 <= bar_ms <= 7_200_000
        now[0] += bar_ms
        assert known[0] in networks.order()
