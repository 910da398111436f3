# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad cards by name."""

from pathlib import Path

import pytest

from host_tools.errors import UsageError
from host_tools.fat import FatVolume
from sim import faults
from sim.card_image import make


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("lie", {"kind": "lie", "value": 0}),
        ("stall=0.5@10", {"kind": "stall", "value": 0.5, "from_us": 10_000_000}),
        ("stall@10", {"kind": "stall", "value": 5, "from_us": 10_000_000}),
        ("gone@10-15.5", {"kind": "gone", "value": 0, "from_us": 10_000_000, "to_us": 15_500_000}),
        ("write-error#100", {"kind": "write-error", "value": 0, "first": 100, "last": 100}),
        ("read-error@2#7-9", {"kind": "read-error", "value": 0, "from_us": 2_000_000, "first": 7, "last": 9}),
    ],
)
def test_a_fault_in_one_word(text: str, fault: faults.Fault) -> None:
    assert faults.parse(text) == fault


@pytest.mark.parametrize("text", ["", "stal=5", "stall=five", "gone@", "lie#", "swap", "swap@10", "lie@1-2-3", "lie now"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--fault"):
        faults.parse(text)


def test_the_card_is_told_what_is_not_in_its_image() -> None:
    given = [faults.parse(text) for text in ("lie", "fat", "wrap=64", "full")]
    assert [(fault["kind"], fault["value"]) for fault in faults.of_the_card(given)] == [("lie", 0), ("wrap", 131072)]


def test_what_is_on_the_card_is_spoilt_when_it_is_due(tmp_path: Path) -> None:
    image = tmp_path / "card.img"
    make(image, 2200)
    faults.spoil(image, [faults.parse("full=20@3"), faults.parse("names@9")], 2_000_000, 5_000_000)
    with FatVolume(image) as volume:
        entries = volume.listdir("/")
        assert (len(entries), volume.problems, 2100 < sum(entry.size for entry in entries) / 1e6 < 2180) == (2, [], True)
