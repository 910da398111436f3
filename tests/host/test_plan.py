# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The programme's economics: the original estimate to the dollar, and how the plan moves when a figure does."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from host_tools import cli
from host_tools.assumptions import FIELDS, Assumptions, given, read
from host_tools.errors import UsageError
from host_tools.plan import Plan, next_year, raw_tb, reckon
from host_tools.shortfalls import dollars, shortfalls

BARE = Assumptions(devices_per_person=1, data_shards=1, parity_shards=0, fill_percent=100)
CHEAPER = {"fill_percent", "data_shards", "battery_cycles", "card_tbw", "people_per_technician", "node_gbps", "part_mib"}
EITHER_WAY = {"devices_per_person", "segment_seconds"}  # a spare is bought now and worn later; a longer segment may begin one more part


def cost(plan: Plan, item: str) -> tuple[float, float]:
    (found,) = [c for c in plan.costs if c.item == item]
    return found.own_usd, found.hosted_usd


def test_the_original_estimate_to_the_dollar():
    plan = reckon(Assumptions())
    footage, original = plan.footage, plan.original
    assert (footage.hours_per_person, footage.gb_per_person, footage.gb_per_person_day, footage.pb) == (25_550, 76_650, 42, 76.65)
    assert (original.devices_usd, original.storage_usd, original.total_usd) == (600_000, 766_500, 1_366_500)


def test_the_ways_to_read_the_stated_total():
    readings = reckon(Assumptions()).original.readings
    assert {words: round(usd / 1e6, 2) for words, usd in readings.items()} == {
        "one device each": 1.07,
        "two devices each": 1.37,
        "one device each, bytes stored with a 10+4 erasure code": 1.37,
    }


def test_the_bill_is_worked_out_as_by_hand():
    plan = reckon(Assumptions())
    lines = {c.item: (round(c.own_usd), round(c.hosted_usd)) for c in plan.costs}
    raw = 76_650 * 11 / 8 / 0.85
    assert lines == {
        "devices": (600_000, 600_000),
        "device replacement": (0, 0),  # 750 fail, 1,000 are in the drawer
        "cards worn out": (0, 0),
        "cells worn out": (16_500, 16_500),  # 3,650 needed, 2,000 came with the devices
        "electricity of recorders": (3832, 3832),
        "storage, bare bytes": (766_500, 0),
        "storage redundancy and free room": (round((raw - 76_650) * 10), 0),
        "servers": (round(raw * 5), 0),
        "drives replaced": (round(raw / 2 * 5 * 0.0157 * 10), 0),
        "electricity of the store": (round(raw / 2 * 0.7 * 1.5 * 5 * 8760 / 1000 * 0.15), 0),
        "storage service": (0, round(76_650 / 2 * 60 * 23)),
        "ingest nodes": (24_000, 0),
        "requests": (0, round(25_550_000 * 60 * 8 / 1000 * 0.005)),
        "reading everything once": (0, 76_650 * 90),
        "technicians": (1_200_000, 1_200_000),
        "operators of the store": (600_000, 0),
    }
    assert plan.own_usd == pytest.approx(sum(own for own, _ in lines.values()), abs=10)


@pytest.mark.parametrize(("gb_per_hour", "requests"), [(0.5, 1), (0.504, 3 + 1), (3, 8), (0, 1)])
def test_a_segment_within_one_part_is_one_request(gb_per_hour, requests):
    """8 MiB of a minute are 0.5033 GB/h."""
    traffic = reckon(Assumptions(gb_per_hour=gb_per_hour)).traffic
    assert traffic.requests_per_segment == requests


def test_a_day_over_the_line_and_an_evening_at_the_store():
    traffic = reckon(Assumptions(wifi_mbps=40)).traffic
    assert (traffic.mbps, round(traffic.upload_hours_per_day, 2)) == (20, 4.67)  # 42 GB through the household's 20 Mbit/s
    assert (traffic.peak_gbps, round(traffic.mean_gbps, 3), traffic.ingest_nodes) == (20, 3.889, 5)


def test_spares_are_used_up_before_devices_are_bought():
    plan = reckon(Assumptions(devices_per_person=1, device_failure_percent=20))
    assert cost(plan, "device replacement") == (300_000, 300_000)


def test_cards_are_worn_out_by_what_is_written_times_its_amplification():
    plan = reckon(Assumptions(write_amplification=4))
    assert cost(plan, "cards worn out")[0] == pytest.approx((76_650 * 4 / 117 - 2000) * 25)


def test_three_copies_are_a_code_of_one_and_two():
    assert raw_tb(replace(BARE, parity_shards=2)) == 3 * raw_tb(BARE)


def test_a_further_year_costs_and_records_nothing():
    own, hosted = next_year(Assumptions())
    assert (round(own), hosted) == (310_540, 76_650 * 12 * 23)


def test_a_programme_without_people_costs_only_who_waits_for_them():
    plan = reckon(Assumptions(people=0))
    assert {c.item for c in plan.costs if c.own_usd or c.hosted_usd} == {"ingest nodes", "operators of the store"}
    assert len(shortfalls(plan)) > 3


@pytest.mark.parametrize("name", sorted(set(FIELDS) - EITHER_WAY))
@settings(max_examples=10, deadline=None)
@drawn(factor=st.floats(1, 4))
def test_every_figure_moves_the_bill_one_way(name, factor):
    """More people, hours, bytes, losses and prices never cost less; more that lasts, holds or carries never costs more."""
    before = Assumptions()
    more = replace(before, **{name: min(FIELDS[name].metadata["most"], getattr(before, name) * factor)})
    low, high = (more, before) if name in CHEAPER else (before, more)
    slack = 1 + 1e-9
    assert reckon(low).own_usd <= reckon(high).own_usd * slack and reckon(low).hosted_usd <= reckon(high).hosted_usd * slack


@settings(max_examples=40, deadline=None)
@drawn(st.integers(1, 10**6), st.floats(0, 24), st.floats(0, 50), st.floats(0, 20))
def test_terabytes_petabytes_and_gigabits_agree(people, hours, years, gb_per_hour):
    plan = reckon(Assumptions(people=people, hours_per_day=hours, years=years, gb_per_hour=gb_per_hour))
    assert plan.footage.pb * 1e6 == pytest.approx(people * plan.footage.gb_per_person)
    in_five_years = plan.traffic.mean_gbps / 8 * 86400 * 365 * years  # GB
    assert in_five_years == pytest.approx(plan.footage.tb * 1000)
    assert plan.own_usd == sum(c.own_usd for c in plan.costs) and all(c.own_usd >= 0 <= c.hosted_usd for c in plan.costs)


def test_every_assumption_says_where_it_comes_from_and_is_within_its_limits():
    assert [name for name, entry in FIELDS.items() if len(entry.metadata["source"]) < 8 or not entry.metadata["unit"]] == []
    defaults = given({}, asdict(Assumptions()))
    assert defaults.assumptions == Assumptions()


def test_a_file_replaces_a_default_and_an_option_replaces_the_file(tmp_path):
    file = tmp_path / "pilot.toml"
    file.write_text('people = 40\nyears = { value = 1, source = "the contract" }\nfill_percent = 70\n')
    figures = given(read(file), {"people": 50.0})
    a = figures.assumptions
    assert (a.people, a.years, a.fill_percent, a.hours_per_day) == (50, 1, 70, 14)
    sources = [figures.sources[name] for name in ("people", "years", "fill_percent", "hours_per_day")]
    assert sources == ["given as an option", "the contract", "pilot.toml", "the original estimate"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("people =", "is not TOML"),
        ("peple = 3", "there is no assumption peple"),
        ('people = "many"', "people is not a figure"),
        ("people = true", "people is not a figure"),
        ("people = -1", "people cannot be -1"),
        ("fill_percent = 101", "fill_percent cannot be 101"),
        ("wifi_mbps = nan", "wifi_mbps cannot be nan"),
        ("people = { source = 'x' }", "people is not a figure"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words(tmp_path, capsys, text, message):
    file = tmp_path / "pilot.toml"
    file.write_text(text)
    assert (cli.main(["plan", "--assumptions", str(file)]), message in capsys.readouterr().err) == (UsageError.exit_code, True)


def test_the_nearest_name_is_offered():
    with pytest.raises(UsageError) as error:
        given({"hours_a_day": (3.0, "x")}, {})
    assert "hours_per_day" in error.value.hint


def test_the_json_has_one_shape(capsys):
    assert cli.main(["plan", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert list(result) == ["assumptions", "footage", "original", "costs", "totals", "traffic", "shortfalls"]
    assert result["assumptions"]["people"] == {"value": 1000, "unit": "people", "source": "the original estimate"}
    assert result["footage"] == {"hours_per_person": 25550, "gb_per_person": 76650, "gb_per_person_day": 42, "pb": 76.65}
    assert result["original"] == {
        "devices_usd": 600000.0,
        "storage_usd": 766500.0,
        "total_usd": 1366500.0,
        "readings_usd": {
            "one device each": 1066500.0,
            "two devices each": 1366500.0,
            "one device each, bytes stored with a 10+4 erasure code": 1373100.0,
        },
    }
    assert result["totals"] == {"own_usd": 4780570.96, "hosted_usd": 61668652.5}
    assert result["traffic"] == {
        "mbps": 12,
        "upload_hours_per_day": 7.778,
        "mean_gbps": 3.889,
        "peak_gbps": 12.0,
        "ingest_nodes": 4,
        "requests": 12264000000,
        "read_days": 709.7,
    }
    assert {frozenset(line) for line in result["costs"]} == {frozenset({"item", "own_usd", "hosted_usd", "basis"})}


def test_people_read_a_bill_and_where_the_estimate_falls_short(capsys):
    assert cli.main(["plan", "--people", "1000"]) == 0
    out = capsys.readouterr().out
    for words in ("25,550 h and 76,650 GB a person, 76.65 PB", "= $1.37 M", "4,780,571", "falls short", "everyone comes home at 18:00"):
        assert words in out


@pytest.mark.parametrize(("amount", "words"), [(940, "$940"), (310_540.4, "$310,540"), (1_366_500, "$1.37 M"), (2.5e9, "$2.50 bn")])
def test_money_in_words(amount, words):
    assert dollars(amount) == words
