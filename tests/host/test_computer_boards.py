# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boards that are computers: what their data may say."""

import copy
from typing import Any

import pytest

from host_tools import boards
from host_tools.board_check import FAIL
from host_tools.boards import BoardError, is_computer, load, microcontrollers, names

COMPUTERS = [name for name in names() if is_computer(load(name))]
LIMITED = next(name for name in COMPUTERS if "encoder" in load(name)["facts"]["mcu"])


def changed(**facts: Any) -> dict[str, Any]:
    board = copy.deepcopy(load(LIMITED))
    board["profiles"][board["default_profile"]].update(facts)
    return board


@pytest.mark.parametrize("name", COMPUTERS)
def test_every_one_at_hand_is_right(name):
    board = load(name)
    assert (boards.findings(board), board["default_profile"] in board["profiles"]) == ([], True)


@pytest.mark.parametrize("name", COMPUTERS)
def test_every_command_line_can_be_filled_in(name):
    board = load(name)
    for profile in board["profiles"].values():
        words = [word.format(**profile) for word in board["encoders"][profile["encoder"]]]
        assert str(profile["bitrate"]) in words and not any("{" in word for word in words)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"width": 2304, "height": 1296}, "2304 pixels are wider than the H.264 encoder of the {chip} can do"),
        ({"fps": 60}, "1920 x 1080 at 60 a second is more than the H.264 encoder of the {chip} can do"),
        ({"encoder": "none"}, "there is no encoder none"),
        ({"bitrate": 20_000_000}, "a chunk must hold 2 s of footage"),
        ({"beside": ["desk"]}, "there is no profile desk to be recorded beside it"),
        ({"beside": ["hd30"]}, "there is no profile hd30 to be recorded beside it"),
        (
            {"beside": ["hd30_low"], "chunk_bytes": 4_194_304},
            "1920 x 1080 at 30 a second with hd30_low is more than the H.264 encoder of the {chip} can do",
        ),
        ({"beside": ["hd30_low"], "width": 640, "height": 480, "chunk_bytes": 2_097_152}, "a chunk must hold 2 s of footage"),
    ],
)
def test_what_its_encoder_cannot_do_is_refused(facts, problem):
    board = changed(**facts)
    expected = f"profile {board['default_profile']}: {problem}".format(chip=board["facts"]["mcu"]["title"])
    assert [finding.text for finding in boards.findings(board)] == [expected]


def test_the_limits_themselves_are_allowed():
    assert boards.check(changed(width=2032, height=1024)) == []


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"gauge": {"chip": "pisugar3", "bus": 1}, "power": {"battery_mah": 800}}, []),
        ({"gauge": {"chip": "ina219", "bus": 1, "address": 66, "shunt_milliohm": 10}, "power": {"battery_mah": 9000}}, []),
        ({"gauge": {"chip": "pisugar3", "bus": 1}}, ["there is a gauge, and no battery"]),
        ({"gauge": {"chip": "max17048", "bus": 1, "shunt_milliohm": 10}, "power": {"battery_mah": 1}}, ["a max17048 has no shunt"]),
    ],
)
def test_a_gauge_needs_a_battery(parts, problems):
    assert [finding.text for finding in boards.findings({**load(LIMITED), **parts})] == problems


def test_a_wrong_key_is_named():
    [finding] = boards.findings({**load(LIMITED), "heap_bytes": 1})
    assert (finding.verdict, "heap_bytes" in finding.text) == (FAIL, True)


def test_nothing_is_flashed_on_a_computer():
    with pytest.raises(BoardError) as error:
        boards.partition(load(LIMITED), "vfs")
    assert error.value.hint == "nothing is flashed on a computer"
    assert {*microcontrollers()} | {*COMPUTERS} == {*names()}
