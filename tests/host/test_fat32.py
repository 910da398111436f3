# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The formatted card is one that FatFs, fsck.vfat and our own reader agree on."""

import shutil
import subprocess
from pathlib import Path

import pytest

from host_tools.boards import load
from host_tools.demo import BOARD, clip
from host_tools.fat import FatVolume
from sim import runner
from sim.fat32 import LEAST_BYTES, format_fat32
from sim.options import Options
from sim.result import conclude

needs_fsck = pytest.mark.skipif(not shutil.which("fsck.vfat"), reason="fsck.vfat is not installed (Debian: dosfstools)")


def fsck(image: Path) -> tuple[int, str]:
    done = subprocess.run(["fsck.vfat", "-n", str(image)], capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("size", [LEAST_BYTES + (1 << 20), 8_192_000_000])
def test_our_reader_finds_an_empty_volume(tmp_path: Path, size: int) -> None:
    format_fat32(tmp_path / "card.img", size)
    with FatVolume(tmp_path / "card.img") as volume:
        assert (list(volume.listdir("/")), volume.problems) == ([], [])


def test_a_card_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        format_fat32(tmp_path / "card.img", 1 << 30)


@needs_fsck
@pytest.mark.parametrize("cuts", [[], [7.3]])
def test_fsck_accepts_the_card_after_a_clean_stop_and_after_a_cut(tmp_path: Path, cuts: list[float]) -> None:
    options = Options(board=load(BOARD), video=clip(), seconds=12, power_cuts=cuts, out=tmp_path)
    world = runner.prepare(options)
    result, report = conclude(options, world, runner.play(options, world))
    code, said = fsck(tmp_path / "card.img")
    assert (result.ok, report.problems, code) == (True, [], 0), said
