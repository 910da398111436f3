# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Scenarios: each is what its schema says, each day's beginning ends in a verdict, and the report needs nothing but itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from verdicts import KEPT, pairs, verdict

from host_tools.clips import BOARD
from host_tools.commands.sim import command
from host_tools.errors import UsageError
from host_tools.sim_day import sweep
from sim.day import Day, fingerprint, play
from sim.options import find_board
from sim.scenario import FOLDER, ScenarioError, load, names

TEN = ["commute", "festival", "flapping_charger", "flight", "hot_walk", "office_day", "offline_week", "pausing", "weak_battery", "winter"]


def changed(tmp_path: Path, **changes: Any) -> Path:
    """A scenario file like that of the office day, with other lines."""
    text = (FOLDER / "office_day.toml").read_text()
    for name, line in changes.items():
        text = re.sub(rf"(?m)^{name} = .*$", line, text, count=1)
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_there_are_ten_and_all_can_be_right():
    assert names() == TEN
    assert all(load(name).worn_s > 0 and load(name).title for name in names())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours": "hours = -3"}, "hours: -3 is less than or equal to the minimum of 0"),
        ({"hours": "hourz = 14"}, "'hourz' was unexpected"),
        ({"times": "times = [[9.0, 1.0]]"}, "network home: [9.0, 1.0] ends before it begins"),
        ({"scene": "scene = [{ at = 1.0, activity = 100 }]\nold = ["}, "'old' was unexpected"),
        ({"hours": "hours = 14 14"}, "is not TOML"),
    ],
)
def test_what_cannot_be_right_is_said(tmp_path: Path, changes: dict[str, str], said: str):
    with pytest.raises(ScenarioError) as caught:
        load(changed(tmp_path, **changes))
    assert said in caught.value.message


def test_one_that_is_not_there():
    with pytest.raises(ScenarioError) as caught:
        load("nowhere")
    assert "office_day" in str(caught.value.hint)


HOME = "its footage gets home"
VERDICTS = {
    "commute": {HOME: "WARN"},
    "festival": {HOME: "WARN"},
    "flapping_charger": {HOME: "WARN"},
    "flight": {},
    "hot_walk": {},
    "office_day": {HOME: "WARN"},
    "offline_week": {HOME: "WARN"},
    "pausing": {HOME: "WARN"},
    "weak_battery": {HOME: "WARN"},
    "winter": {HOME: "WARN"},
}


@pytest.mark.parametrize("name", TEN)
def test_each_has_its_verdict(tmp_path: Path, name: str):
    """The whole of it, in a seventh of the time and with every fifth frame; the week in two hours."""
    day = play(load(name, squeeze=7 if name != "offline_week" else 79), find_board(BOARD), tmp_path, seed=1, thin=5)
    assert {promise.name: promise.verdict for promise in day.promises if promise.verdict != "PASS"} == VERDICTS[name]
    assert (day.frames["captured"] > 5000, day.lost_ms_max, "brownout" in day.ends) == (True, 0, False)


@pytest.mark.parametrize(("board", "name"), list(pairs()))
def test_each_has_its_verdict_on_each_board(tmp_path: Path, board: str, name: str):
    """And no day loses what it does not explain, nor more than one fault may cost."""
    found = verdict(board, name, tmp_path)
    assert found == json.loads(KEPT.read_text())[board][name], "if this is as it should be: python -m tests.host.verdicts"
    assert not any(promise in found for promise in ("every loss is explained", "FAIL one fault", "nothing counts as stored"))


def test_a_squeezed_day_has_all_in_it():
    """Only what is told in hours shrinks: no rate, no temperature."""
    day, short = load("commute"), load("commute", squeeze=7)
    assert (short.hours, round(short.worn_s * 7), round(short.judged_s * 7)) == (2, day.worn_s, day.judged_s)
    assert short.data["settings"] == {"target_hours": 2}
    station, shorter = day.data["network"][0], short.data["network"][0]
    assert [[round(hour * 7, 9) for hour in span] for span in shorter["times"]] == station["times"]
    assert ([dbm for _, dbm in shorter["rssi"]], shorter["kbps"]) == ([dbm for _, dbm in station["rssi"]], station["kbps"])


def test_a_day_is_judged_at_midnight_and_a_beginning_at_once():
    assert (load("office_day").judged_s / 3600, load("flight").judged_s / 3600, load("office_day", 3).judged_s / 3600) == (16, 30.5, 3)


def test_the_same_seed_is_the_same_day(tmp_path: Path):
    prints = []
    for n in (1, 2):
        play(load("festival", 0.1), find_board(BOARD), tmp_path / str(n), seed=5)
        prints.append(fingerprint(tmp_path / str(n)))
    assert prints[0] == prints[1]


def test_a_report_needs_nothing_but_itself(tmp_path: Path):
    done = CliRunner().invoke(command, ["day", "office_day", "--hours", "0.1", "--json", "--out", str(tmp_path)], standalone_mode=False)
    told = json.loads(done.output.splitlines()[-1])
    page, picture = (tmp_path / "report.html").read_text(), (tmp_path / "report.png").read_bytes()
    assert (done.return_value, told["verdict"], len(told["promises"])) == (0, "PASS", 8)
    assert (re.findall(r"(?:src|href)=\"(?!data:)", page), "http" in page, picture[:4]) == ([], False, b"\x89PNG")
    assert all(promise["name"] in page for promise in told["promises"])


def test_two_are_put_side_by_side(tmp_path: Path):
    words = ["compare", "office_day", "winter", "--hours", "0.05", "--json", "--out", str(tmp_path)]
    told = json.loads(CliRunner().invoke(command, words, standalone_mode=False).output.splitlines()[-1])
    assert [day["scenario"] for day in told] == ["office_day", "winter"]
    assert "Office day against Winter" in (tmp_path / "report.html").read_text()


def test_a_sweep_has_a_row_for_each_choice():
    rows = list(sweep(load("weak_battery", 0.05), BOARD, [("battery_mah", [500, 3000]), ("governor", [True, False])], 1))
    assert [(row["battery_mah"], row["governor"], row["seed"]) for row in rows] == [
        (500, True, 1),
        (500, False, 1),
        (3000, True, 1),
        (3000, False, 1),
    ]
    assert {row["verdict"] for row in rows} <= {"PASS", "WARN"}


def test_what_is_varied_must_have_values():
    done = CliRunner().invoke(command, ["sweep", "office_day", "--vary", "battery_mah"], standalone_mode=False)
    assert isinstance(done.exception, UsageError) and "battery_mah is not NAME=VALUE" in done.exception.message


def test_a_day_is_made_of_what_was_recorded(tmp_path: Path):
    day: Day = play(load("office_day", 0.1), find_board(BOARD), tmp_path, seed=1)
    assert abs(day.recorded_hours - 0.1) < 0.01
    assert abs(day.megabytes - day.frames["recorded"] * 0.033) < 3
    assert {name for _, name in day.log.camera} == {"svga10", ""}
