# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What hal/linux reads in /sys of supply, heat and card, from files as a kernel shows them."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hal.linux import system
from hal.linux.card_about import about
from hal.linux.distress import SLOWED, TOO_HOT, TOO_WEAK, distress

DISK = "sys/devices/platform/mmc0/mmc0:aaaa/block/mmcblk0"
GIVEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(system, "root", str(tmp_path))
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        ("0", ""),
        ("50000", ""),
        ("50005", TOO_WEAK),
        ("80008", TOO_HOT),
        ("e000e", TOO_HOT),
        ("60002", SLOWED),
        ("0x1", TOO_WEAK),
        ("?", ""),
    ],
)
def test_what_is_wrong_now_is_said_and_what_was_is_not(root: Path, bits: str, said: str):
    put(root / "sys/devices/platform/soc/soc:firmware/get_throttled", bits)
    assert distress() == said


def test_a_kernel_of_another_kind_has_the_supplys_alarm(root: Path):
    told = [distress()]
    for number, (name, alarm) in enumerate((("cpu_thermal", "1"), ("rpi_volt", "0"), ("rpi_volt", "1"))):
        put(root / f"sys/class/hwmon/hwmon{number}/name", name)
        put(root / f"sys/class/hwmon/hwmon{number}/in0_lcrit_alarm", alarm)
        told.append(distress())
    assert told == ["", "", "", TOO_WEAK]


def card(root: Path, **files: str) -> int:
    """A card with one partition; the number of the partition's device."""
    for name, text in files.items():
        put(root / DISK / "device" / name, text)
    put(root / DISK / "mmcblk0p1/partition", "1")
    (root / "sys/dev/block").mkdir(parents=True, exist_ok=True)
    for number, place in ((0, DISK), (1, DISK + "/mmcblk0p1")):
        link = root / f"sys/dev/block/179:{number}"
        link.unlink(missing_ok=True)
        link.symlink_to(root / place)
    return os.makedev(179, 1)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"name": "SC64G", "manfid": "0x000003", "date": "03/2021"}, "SC64G, maker 0x000003, made 03/2021"),
        ({"name": "DF4064", "life_time": "0x02 0x01", "pre_eol_info": "0x01"}, "DF4064, 10 to 20 % of its life used"),
        ({"name": "DF4064", "life_time": "0x0b 0x01"}, "DF4064, worn beyond what it was made for: replace it"),
        ({"name": "DF4064", "pre_eol_info": "0x03"}, "DF4064, its reserve is used up: replace it"),
        ({"vendor": "SanDisk ", "model": "Ultra Fit       "}, "SanDisk Ultra Fit"),
        ({}, ""),
    ],
)
def test_a_card_is_named_with_its_wear(root: Path, files: dict[str, str], said: str):
    partition = card(root, **files)
    assert [about(partition), about(os.makedev(179, 0)), about(os.makedev(0, 41))] == [said, said, ""]


@GIVEN
@given(st.text(max_size=12), st.text(max_size=12))
def test_nothing_that_a_file_says_stops_the_recorder(root: Path, life: str, end: str):
    partition = card(root, name="X", life_time=life, pre_eol_info=end)
    put(root / "sys/devices/platform/soc/soc:firmware/get_throttled", life)
    assert about(partition).startswith("X") and isinstance(distress(), str)
