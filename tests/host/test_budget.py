# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The budget of a board: what it says of the XIAO, that more never hurts, and that the simulator agrees."""

import copy
import json
from typing import Any

import pytest
from board_folders import new_board
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools import boards, cli
from host_tools.boards import BoardError
from host_tools.budget import FACTS, FAIL, PASS, TARGET, VERDICTS, WARN, Budget, Check, altered, best, card_kbps, reckon, target
from host_tools.demo import clip
from sim import runner
from sim.options import Options
from sim.result import conclude

XIAO = "xiao_esp32s3_sense"
BOARD = boards.load(XIAO)
HOURS = st.floats(0.1, 24)


def verdicts(budget: Budget) -> dict[str, str]:
    return {check.part: check.verdict for check in budget.checks}


def check(budget: Budget, part: str) -> Check:
    (found,) = [check for check in budget.checks if check.part == part]
    return found


def test_the_xiao_cannot_record_2k_at_3_gb_an_hour():
    wish = target(BOARD, 14)
    assert [part for part, verdict in verdicts(wish).items() if verdict == FAIL] == ["sensor", "card speed", "upload"]
    assert (wish.profile, round(wish.gb_per_hour, 6), wish.verdict, wish.bottleneck) == (TARGET, 3, FAIL, "card speed")
    assert check(wish, "upload").text == "42.0 GB take 29.2 h over TLS at 400 kB/s; Wi-Fi is there for 10 h"


def test_what_the_xiao_can_do_in_14_hours():
    budgets = [reckon(BOARD, name, 14) for name in BOARD["profiles"]]
    assert {budget.profile: budget.verdict for budget in budgets} == {
        "svga10": FAIL,
        "vga10": WARN,
        "qvga20": WARN,
        "hd5": FAIL,
        "uxga2": FAIL,
        "xga_lapse": PASS,
    }
    richest = best(budgets)
    assert richest and (richest.profile, round(richest.gb_per_hour, 2)) == ("vga10", 0.80)
    assert [part for part, verdict in verdicts(richest).items() if verdict == WARN] == ["card speed", "card stalls", "charger"]


def test_each_line_has_its_figures_and_what_would_help():
    budget = reckon(BOARD, "svga10", 14)
    assert [(c.part, c.verdict, c.text) for c in budget.checks] == [
        ("sensor", PASS, "800 x 600 from an OV2640, which gives at most 1600 x 1200"),
        ("card speed", FAIL, "332 kB/s to a card that takes 241, 27 % of the frames would be lost"),
        ("card stalls", WARN, "a write takes 34 ms, at times 104; the camera's buffers bridge 100 ms"),
        ("card space", PASS, "16.7 GB a day on a card of 128 GB: 7.7 days without Wi-Fi"),
        ("battery", PASS, "2520 mAh (14 h at 180 mA) from a cell of 3000 mAh: 14.2 h"),
        ("charger", WARN, "100 mA put back 1000 of 2520 mAh in 10 h"),
        ("upload", FAIL, "16.7 GB take 11.6 h over TLS at 400 kB/s; Wi-Fi is there for 10 h"),
        ("heap", PASS, "two chunks and the firmware take 1.5 MB of a heap of 4.2"),
    ]
    assert [bool(c.fix) for c in budget.checks] == [c.verdict != PASS for c in budget.checks]


FOLLOWED = [
    ("svga10", {"card_kbps": 1200, "upload_kbps": 600, "charge_ma": 260}, {"card speed", "card stalls", "upload", "charger"}),
    ("svga10", {"battery_mah": 2300}, set()),
    ("uxga2", {"card_gb": 46, "card_kbps": 1200}, {"card speed"}),
]


@pytest.mark.parametrize(("profile", "facts", "passing"), FOLLOWED)
def test_what_was_measured_or_chosen_replaces_the_boards_figure(profile, facts, passing):
    before, after = verdicts(reckon(BOARD, profile, 14)), verdicts(reckon(altered(BOARD, facts), profile, 14))
    assert {part for part in after if after[part] == PASS and before[part] != PASS} == passing
    assert boards.load(XIAO) == BOARD  # the board itself is as it was


EDGES = [
    ("svga10", "battery", "battery_mah", [(2519, FAIL), (2520, WARN), (2964, WARN), (2965, PASS)]),  # 14 h x 180 mA; that / 0.85 = 2964.7
    ("vga10", "upload", "upload_kbps", [(309, FAIL), (310, WARN), (386, WARN), (387, PASS)]),  # 11.14 GB in 10 h; in 8 h
    ("vga10", "card space", "card_gb", [(11, FAIL), (12, WARN), (33, WARN), (34, PASS)]),  # 11.14 GB; three days of it
]


@pytest.mark.parametrize(("profile", "part", "fact", "expected"), EDGES)
def test_the_edges_of_a_verdict(profile, part, fact, expected):
    assert [(value, check(reckon(altered(BOARD, {fact: value}), profile, 14), part).verdict) for value, _ in expected] == expected


def test_a_picture_too_large_one_way_is_too_large():
    board = copy.deepcopy(BOARD)
    board["profiles"]["svga10"].update(width=1700, height=100)
    assert check(reckon(board, "svga10", 14), "sensor").verdict == FAIL


def test_a_sending_radio_costs_the_cell_and_helps_the_upload():
    without, sending = reckon(BOARD, "vga10", 14), reckon(BOARD, "vga10", 14, radio_hours=4)
    assert check(sending, "battery").text == "2740 mAh (14 h at 196 mA) from a cell of 3000 mAh: 13.0 h"  # 2380 + 4 x 90
    assert check(sending, "upload").strain < check(without, "upload").strain


def test_a_day_without_a_night_is_judged_too():
    budget = reckon(BOARD, "qvga20", 24)
    assert (check(budget, "upload").verdict, check(budget, "charger").verdict) == (FAIL, WARN)


def test_a_heap_that_is_too_small_fails():
    assert check(reckon({**BOARD, "heap_bytes": 1_500_000}, "svga10", 14), "heap").verdict == FAIL


def test_an_unknown_sensor_is_a_warning_not_a_pass():
    board = {**BOARD, "facts": {**BOARD["facts"], "sensor": {}}}
    assert check(reckon(board, "vga10", 14), "sensor").verdict == WARN


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FACTS)), st.sampled_from(sorted(BOARD["profiles"])), HOURS, st.floats(1, 1e5), st.floats(1, 10))
def test_a_better_board_never_turns_a_verdict_for_the_worse(fact, profile, hours, value, factor):
    before = reckon(altered(BOARD, {fact: value}), profile, hours)
    after = reckon(altered(BOARD, {fact: value * factor}), profile, hours)
    worse = [a.part for b, a in zip(before.checks, after.checks, strict=True) if VERDICTS.index(a.verdict) > VERDICTS.index(b.verdict)]
    assert worse == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(BOARD["profiles"])), HOURS, HOURS)
def test_a_longer_day_is_never_easier(profile, one, other):
    short, long = reckon(BOARD, profile, min(one, other)), reckon(BOARD, profile, max(one, other))
    assert [c.part for s, c in zip(short.checks, long.checks, strict=True) if c.strain < s.strain] == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(BOARD["profiles"])), HOURS)
def test_a_verdict_and_its_strain_agree(profile, hours):
    checks = reckon(BOARD, profile, hours).checks
    assert [c.part for c in checks if (c.verdict == PASS) != (c.strain <= 1)] == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 10_000), st.integers(0, 5000), st.integers(1, 10_000), st.integers(0, 500))
def test_a_card_never_takes_more_than_its_bare_speed(kbps, command_us, every_ms, spike_ms):
    times = {"write_kbps_psram": kbps, "command_us": command_us, "spike_every_ms": every_ms, "spike_min_ms": 0, "spike_max_ms": spike_ms}
    assert 0 <= card_kbps({"sim": {"card": times}}, "write_kbps_psram") <= kbps + 1e-6


def lost_share(folder: Any, profile: str) -> float:
    """Of the frames of 40 virtual seconds, by the simulator, from a card as slow as from PSRAM."""
    slow = new_board(folder / "slow", {"write_kbps_internal = 1200": "write_kbps_internal = 250"})
    options = Options(board=boards.load(slow), video=clip(), seconds=40.0, profile=profile, out=folder / "run")
    world = runner.prepare(options)
    result, _ = conclude(options, world, runner.play(options, world))
    return 1 - result.frames["recorded"] / result.frames["captured"]


def test_the_simulator_loses_what_the_paper_says(tmp_path):
    promised = check(reckon(BOARD, "svga10", 14), "card speed")
    assert "27 % of the frames" in promised.text
    assert 0.17 <= lost_share(tmp_path, "svga10") <= 0.30


def test_the_json_has_one_shape(capsys):
    assert cli.main(["budget", XIAO, "--hours", "14", "--profile", "vga10", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert list(result) == [
        "board", "hours", "radio_hours", "profile", "verdict", "bottleneck", "gb_per_hour", "checks", "profiles", "target", "best",
    ]  # fmt: skip
    assert {
        name: result[name] for name in ("board", "hours", "radio_hours", "profile", "verdict", "bottleneck", "gb_per_hour", "best")
    } == {
        "board": XIAO,
        "hours": 14.0,
        "radio_hours": 0.0,
        "profile": "vga10",
        "verdict": "WARN",
        "bottleneck": "charger",
        "gb_per_hour": 0.796,
        "best": "vga10",
    }
    assert result["checks"][4] == {
        "part": "battery",
        "verdict": "PASS",
        "strain": 0.933,
        "text": "2380 mAh (14 h at 170 mA) from a cell of 3000 mAh: 15.0 h",
        "fix": "",
    }
    assert result["profiles"][0] == {"profile": "svga10", "verdict": "FAIL", "bottleneck": "card speed", "gb_per_hour": 1.194}
    assert (result["target"]["profile"], result["target"]["verdict"], len(result["target"]["checks"])) == (TARGET, "FAIL", 8)


def test_no_infinity_gets_into_the_json(capsys):
    assert cli.main(["budget", XIAO, "--hours", "24", "--json"]) == 3
    out = capsys.readouterr().out
    assert "Infinity" not in out and json.loads(out)["checks"][6]["strain"] is None


def test_the_default_profile_cannot_and_the_command_says_so_plainly(capsys):
    assert cli.main(["budget", XIAO, "--hours", "14"]) == 3
    assert capsys.readouterr().out.splitlines()[-1] == (
        "This board cannot record 2K at 3 GB/h: sensor, card speed, upload."
        " What it can carry: vga10, 0.80 GB/h (mind: card speed, card stalls, charger)."
    )


def test_no_profile_lasts_on_a_coin_cell(capsys):
    assert cli.main(["budget", XIAO, "--battery-mah", "200"]) == 3
    assert capsys.readouterr().out.endswith("None of its profiles lasts the day.\n")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["nothing_here"], 1, "there is no board nothing_here"),
        ([XIAO, "--profile", "8k"], 1, f"{XIAO} has no profile 8k"),
        ([XIAO, "--hours", "0"], 2, "Invalid value for '--hours'"),
        ([XIAO, "--hours", "25"], 2, "Invalid value for '--hours'"),
        ([XIAO, "--hours", "2", "--radio-hours", "3"], 2, "--radio-hours 3 is more than --hours 2"),
    ],
)
def test_what_cannot_be_asked_is_refused(capsys, arguments, exit_code, message):
    assert (cli.main(["budget", *arguments]), message in capsys.readouterr().err) == (exit_code, True)


def test_a_board_that_says_too_little_is_not_judged():
    silent = {name: value for name, value in BOARD.items() if name != "power"}
    with pytest.raises(BoardError) as error:
        reckon(silent, "vga10", 14)
    assert error.value.message == f"{XIAO} cannot be judged: its board.toml lacks [power]"


def test_sound_is_reckoned_with_where_it_can_be_heard():
    eye = boards.load("esp32s3_eye")
    silent, heard = reckon(eye, "vga10", 14), reckon(eye, "vga10", 14, sound=True)
    assert heard.gb_per_hour - silent.gb_per_hour == pytest.approx(16_000 * 2 * 3600 / 1e9, rel=0.02)
    with pytest.raises(BoardError) as caught:
        reckon(boards.load("xiao_esp32s3_sense"), "vga10", 14, sound=True)
    assert "no microphone" in caught.value.message
