# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated board with a microphone on its I2S bus, the crystal of which is off by 200 ppm."""

from pathlib import Path
from typing import Any

import pytest
from clicks import clicks_ns, recorded, wrong_ms

from host_tools import boards
from host_tools.cli import main
from host_tools.demo import clip
from host_tools.footage import load
from host_tools.sources import open_source
from host_tools.verify import Report
from sim import runner
from sim.options import Options
from sim.result import conclude


def run(tmp_path: Path, board: str, seconds: float, **more: Any) -> Report:
    options = Options(board=boards.load(board), video=clip(), seconds=seconds, out=tmp_path / "run", **more)
    world = runner.prepare(options)
    return conclude(options, world, runner.play(options, world))[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_heard_has_the_time_of_what_is_seen(tmp_path: Path, seed: int):
    report = run(tmp_path, "esp32s3_eye", 40, seed=seed, settings={"microphone": True, "segment_ms": 10_000})
    with open_source(tmp_path / "run" / "card.img") as source:
        late = wrong_ms(clicks_ns(recorded(load(source))))
    assert (report.verdict, len(late), max(map(abs, late)) <= 10) == ("lossless", 39, True)


def test_the_commands_say_that_there_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "esp32s3_eye", 12, settings={"microphone": True})
    card, film = str(tmp_path / "run" / "card.img"), str(tmp_path / "film.mp4")
    codes = [main(["verify", card]), main(["export", card, "-o", film])]
    said = capsys.readouterr().out.splitlines()
    assert (codes, [line.rsplit(", ", 1)[1] for line in (said[0], said[-1])]) == ([0, 0], ["11.0 s of sound", "10.9 s of sound"])


def test_a_board_without_one_records_in_silence(tmp_path: Path):
    report = run(tmp_path, "xiao_esp32s3_sense", 3, settings={"microphone": True})
    assert (report.verdict, report.sound_s) == ("lossless", 0)
