# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated computer that listens: a click at each full second of its world, by a crystal that is off by 200 ppm."""

from pathlib import Path

import av
import pytest
from clicks import SECOND_NS, Sounds, clicks_ns, recorded, wrong_ms
from computer_runs import run

from host_tools.export import export


def heard(film: str) -> Sounds:
    with av.open(film) as container:
        [stream] = container.streams.audio
        resampler = av.AudioResampler("s16", "mono", stream.rate)
        frames = [piece for frame in container.decode(stream) for piece in resampler.resample(frame)]
        return [(round((f.time or 0) * SECOND_NS), f.sample_rate, bytes(f.planes[0])[: 2 * f.samples]) for f in frames]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_heard_has_the_time_of_what_is_seen(tmp_path: Path, seed: int):
    ran = run(tmp_path / "run", 100, seed=seed, settings={"microphone": True, "segment_ms": 10_000})
    film = export(ran.out / "card", tmp_path / "film.mp4")
    first_ms = ran.footage().segments[0].frames[0].uptime_ns / 1e6
    late = wrong_ms(clicks_ns(recorded(ran.footage())))
    late_in_film = wrong_ms([at + round(first_ms * 1e6) for at in clicks_ns(heard(film.path))])
    assert (ran.report.verdict, len(late), max(map(abs, late)) <= 10, max(map(abs, late_in_film)) <= 20) == ("lossless", 99, True, True)


def test_nothing_is_heard_that_was_not_asked_for(tmp_path: Path):
    ran = run(tmp_path / "run", 5)
    assert (ran.report.sound_s, {segment.metadata.get("sound_hz") for segment in ran.footage().segments}) == (0, {None})


def test_a_cut_costs_no_more_sound_than_pictures(tmp_path: Path):
    ran = run(tmp_path / "run", 30, power_cuts=[12.3, 20.1], settings={"microphone": True})
    segments = ran.footage().segments
    unheard_ms = [(s.frames[-1].uptime_ns - s.frames[0].uptime_ns - s.sound_ns) // 1_000_000 for s in segments]
    assert (ran.report.verdict, ran.report.problems, [0 <= ms < 200 for ms in unheard_ms]) == ("lossy", [], [True] * 3)
