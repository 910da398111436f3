# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boots that knew no time, dated afterwards."""

from pathlib import Path

import pytest
from recordings import Row, Segment, frames, json_row, write_all

from host_tools.dating import Dating, Facts, date, date_by
from host_tools.export import export
from host_tools.footage import load, open_source
from host_tools.verify import verify

S, HOUR, DAY = 10**9, 3600 * 10**9, 86_400 * 10**9
NOON = 1_795_435_200 * S  # 2026-11-23T12:00:00Z
EPOCH_2000 = 946_684_800 * S


def boot(number: int, chip: int | None = None, told: int | None = None, length: int = HOUR) -> Facts:
    """One whose clock chip was set five minutes after it began, if it was told the time."""
    return Facts(number, length, told, chip, None if told is None else told + 300 * S)


def utc(*facts: Facts) -> list[int | None]:
    return [dating.utc_ns for dating in date_by(facts).values()]


def test_a_chip_that_nobody_had_set_dates_the_boots_before_the_first_answer():
    chip = EPOCH_2000
    week = date_by([boot(1, chip), boot(2, chip + 5 * DAY), boot(3, chip + 7 * DAY, told=NOON)])
    doubts = [61_480_000_000, 18_280_000_000]  # the crystal's: a minute a week
    assert list(week.values()) == [
        *(Dating("chip", at, at - doubt, at + doubt) for at, doubt in zip((NOON - 7 * DAY, NOON - 2 * DAY), doubts, strict=True)),
        Dating("told", NOON, NOON, NOON),
    ]


def test_a_chip_that_was_set_dates_the_boots_after_it():
    assert utc(boot(1, EPOCH_2000, told=NOON), boot(2, NOON + 2 * DAY)) == [NOON, NOON + 2 * DAY]


def test_two_answers_tell_how_fast_the_chip_is():
    drift = 50 * 86_400_000  # 50 ppm, in ns a day
    told = boot(1, EPOCH_2000, told=NOON)
    set_at = NOON + 300 * S
    chip = [set_at + days * (DAY + drift) for days in (2, 4, 6)]
    before, known, after = (set_at + days * DAY for days in (2, 4, 6))
    dates = date_by([told, boot(2, chip[0]), boot(3, chip[1], told=known), boot(4, chip[1] + HOUR * 2)])
    assert [d.utc_ns for d in dates.values()][:3] == [NOON, before, known]
    assert utc(told, boot(2, chip[0]), boot(3, chip[2], told=after)) == [NOON, before, after]


def test_a_chip_that_lost_its_power_bridges_nothing():
    dates = date_by([boot(1, EPOCH_2000 + DAY), boot(2, EPOCH_2000), boot(3, EPOCH_2000 + 2 * HOUR, told=NOON)])
    assert [(d.how, d.utc_ns) for d in dates.values()] == [("order", None), ("chip", NOON - 2 * HOUR), ("told", NOON)]
    assert dates[1].latest_ns == NOON - 3 * HOUR + S + 720_000_000  # before the second, whose chip is in doubt


def test_without_a_chip_the_order_and_the_durations_are_what_is_known():
    dates = date_by([boot(1), boot(2, told=NOON), boot(3), boot(4, length=2 * HOUR), boot(5, told=NOON + DAY), boot(6)])
    assert [(d.earliest_ns, d.latest_ns) for n, d in dates.items() if d.how == "order"] == [
        (None, NOON - HOUR),
        (NOON + HOUR, NOON + DAY - 3 * HOUR),
        (NOON + 2 * HOUR, NOON + DAY - 2 * HOUR),
        (NOON + DAY + HOUR, None),
    ]


def test_nothing_at_all_is_said_to_be_nothing():
    assert date_by([boot(1), boot(2)]) == {1: Dating("order"), 2: Dating("order")}


def test_a_chip_that_was_set_before_this_card_is_believed_with_a_doubt_that_nobody_knows():
    assert date_by([boot(1, NOON)]) == {1: Dating("chip", NOON)}


def test_ever_new_power_cuts_without_a_cell_are_no_run_of_one_chip():
    dates = date_by([boot(n, EPOCH_2000, length=30 * S) for n in range(1, 5)] + [boot(5, EPOCH_2000, told=NOON)])
    assert [d.how for d in dates.values()] == ["order"] * 4 + ["told"]


# -- from the bytes of a recording -------------------------------------------------------------


def clock(boot: int, at_ms: int, unix_ms: int, source: str) -> Row:
    return json_row("/daylog/clock", at_ms, boot=boot, uptime_ms=at_ms, unix_ms=unix_ms, source=source)


def written(folder: Path) -> Path:
    """Three boots on three days; the first two know only their chip, the last was told after a while."""
    ms = [NOON // 10**6 + days * 86_400_000 for days in range(3)]
    chip = [EPOCH_2000 // 10**6 + days * 86_400_000 for days in range(3)]
    segments = [Segment(frames(1, 20, boot=n), boot=n, rtc_boot_ms=chip[n - 1]) for n in (1, 2)]
    segments.append(Segment(frames(1, 10, boot=3), boot=3, rtc_boot_ms=chip[2]))
    told = [*frames(11, 20, boot=3), clock(3, 1100, ms[2] + 1100, "ntp")]
    segments.append(Segment(told, boot=3, number=2, utc_offset_ms=ms[2], rtc_boot_ms=chip[2]))
    return write_all(folder, segments)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe"])
def test_a_week_lands_where_it_belongs_whatever_the_hosts_time_zone(tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    root = written(tmp_path / "card")
    with open_source(root) as source:
        dates = date(load(source).boots)
    assert [(d.how, d.utc_ns) for d in dates.values()] == [("chip", NOON), ("chip", NOON + DAY), ("told", NOON + 2 * DAY)]
    film = export(root, tmp_path / "film.mp4", start="2026-11-24T12:00:00Z", end="2026-11-24T12:00:01Z", copy=True)
    assert (film.frames, film.starts) == (9, "2026-11-24T12:00:00.100Z")


def test_what_the_chip_itself_has_told_is_no_answer(tmp_path):
    segments = [Segment([*frames(1, 9), clock(1, 100, NOON // 10**6 + 100, "rtc")], rtc_boot_ms=NOON // 10**6, utc_offset_ms=NOON // 10**6)]
    with open_source(write_all(tmp_path, segments)) as source:
        assert date(load(source).boots)[1] == Dating("chip", NOON)


def test_verify_says_how_each_boot_is_dated(tmp_path):
    report = verify(written(tmp_path))
    assert [(row["boot"], row["how"], row["utc"]) for row in report.dates] == [
        (1, "chip", "2026-11-23T12:00:00.000Z"),
        (2, "chip", "2026-11-24T12:00:00.000Z"),
        (3, "told", "2026-11-25T12:00:00.000Z"),
    ]
