# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The battery between the boots of a run."""

from typing import Any

import pytest

from sim.cell import BACK_US, Cell, Power

HOUR_US = 3_600_000_000
BOARD: dict[str, Any] = {"sim": {"loads": {"deep_sleep_ma": 10}}}


def cell(**power: Any) -> Cell:
    return Cell(Power(1000, **power), BOARD)


def test_a_boot_begins_with_what_the_last_one_has_left_and_sleep_has_taken():
    found = cell()
    found.take({"left_mah": 500, "celsius": 30, "used_mwh": 7}, HOUR_US)
    about = found.about(3 * HOUR_US)
    assert about["left_mah"] == pytest.approx(480)
    assert (round(about["celsius"]), about["used_mwh"] > 7) == (21, True)


def test_it_is_charged_while_the_board_sleeps():
    found = cell(charge=0.5, surroundings=[(0.0, 21.0, 0), (3600.0, 21.0, 110), (7200.0, 21.0, 0)])
    assert found.about(3 * HOUR_US)["left_mah"] == pytest.approx(500 - 10 + 100 - 10, abs=1)


@pytest.mark.parametrize(
    ("charge", "surroundings", "back_us"),
    [
        (0.5, [(0.0, 21.0, 0)], BACK_US),  # it recovers without its load
        (0.0, [(0.0, 21.0, 0)], None),
        (0.0, [(0.0, 21.0, 500)], BACK_US),
        (0.0, [(0.0, 21.0, 0), (3600.0, 21.0, 500)], HOUR_US + BACK_US),
    ],
)
def test_whose_voltage_has_given_way_comes_back_when_there_is_power(charge: float, surroundings: list, back_us: int | None):
    assert cell(charge=charge, surroundings=surroundings).comes_back(0) == back_us


def test_surroundings_may_change_between_two_microseconds():
    """As they do in a squeezed day."""
    change_s = 3600 / 7
    found = cell(charge=0.5, surroundings=[(0.0, 21.0, 0), (change_s, 21.0, 110)])
    assert found.about(HOUR_US)["left_mah"] == pytest.approx(500 - 10 + 110 * 6 / 7, abs=1)
