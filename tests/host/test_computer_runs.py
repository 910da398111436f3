# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated computer with a real H.264 stream: the same firmware, the same judges, and a film without encoding anything again."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import computer_runs
import pytest

from host_tools.clips import clip
from host_tools.errors import UsageError
from host_tools.export import export
from host_tools.verify import Report, verify
from sim import stream
from sim.computer import small_board
from sim.reel import Reel, stamped
from sim.result import Result


def run(folder: Path, seconds: float, **more: Any) -> tuple[Result, Report]:
    done = computer_runs.run(folder, seconds, **more)
    return done.result, done.report


def produced(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]


def film_of(path: str) -> list[tuple[int, bytes]]:
    """(time in ms, access unit) of each frame."""
    with av.open(path) as film:
        packets = [packet for packet in film.demux(video=0) if packet.size]
        return [(round(float(p.pts * p.time_base) * 1000), bytes(p)) for p in packets]  # type: ignore[operator]


def nal_units(unit: bytes, sizes: bool) -> list[bytes]:
    """Of an access unit with start codes, or with a size before each."""
    if not sizes:
        return [piece for piece in (piece.rstrip(b"\0") for piece in unit.split(b"\0\0\1")) if piece]
    found = []
    while unit:
        size = int.from_bytes(unit[:4], "big")
        found.append(unit[4 : 4 + size])
        unit = unit[4 + size :]
    return found


@pytest.fixture(scope="module")
def minute(tmp_path_factory):
    """A minute in segments of 10 s."""
    folder = tmp_path_factory.mktemp("minute")
    return (folder, *run(folder, 60, settings={"segment_ms": 10_000}))


def test_every_frame_is_recorded_in_segments_that_begin_with_a_keyframe(minute):
    _, result, report = minute
    assert (result.ok, result.frames["captured"], result.frames["dropped"]) == (True, result.frames["recorded"], {})
    assert (report.verdict, report.gaps, result.segments["closed"] >= 6, report.frames) == ("lossless", [], True, 60 * 30 - 1)


def test_frames_and_times_of_the_film_are_those_of_the_encoder(minute):
    folder, result, _ = minute
    film = film_of(export(folder / "card", folder / "film.mp4").path)
    reel = Reel(stream.make(clip(), small_board()["profiles"][result.profile]))
    frames = produced(folder)
    assert [at_ms for at_ms, _ in film] == [frame["ticks_ms"] - frames[0]["ticks_ms"] for frame in frames]
    for frame, (_, unit) in zip(frames, film, strict=True):
        source = stamped(reel.frame(frame["n"] % reel.frames), frame["n"], reel.stamp)
        assert nal_units(unit, sizes=True) == nal_units(source, sizes=False)


def test_every_frame_of_the_film_can_be_decoded(minute):
    folder, _, report = minute
    with av.open(export(folder / "card", folder / "decoded.mkv").path) as film:
        assert sum(1 for _ in film.decode(video=0)) == report.frames


@pytest.mark.parametrize("keep", [False, True])
def test_a_power_cut_costs_less_than_two_seconds_and_is_explained(tmp_path, keep):
    result, report = run(tmp_path, 20, power_cuts=[3.05, 7.7, 11.01], keep_unsynced=keep)
    assert (result.ok, result.boots, report.problems) == (True, 4, [])
    assert 0 < result.lost_ms_max <= 2000 and set(result.frames["dropped"]) == {"power_cut"}


def test_the_same_seed_gives_the_same_recording(tmp_path):
    cuts = {"power_cuts": [4.4], "keep_unsynced": True, "seed": 7}
    runs = [run(tmp_path / name, 8, **cuts)[0] for name in ("one", "two")]
    for result in runs:
        result.__dict__.update(real_s=0, out="")
    files = [sorted((path.name, path.read_bytes()) for path in (tmp_path / name / "card").rglob("*.mcap")) for name in ("one", "two")]
    assert (asdict(runs[0]), files[0]) == (asdict(runs[1]), files[1])


def test_people_can_type_and_pause(tmp_path):
    result, report = run(tmp_path, 12, typed=[(4.0, "pause"), (8.0, "resume"), (10.0, "status")])
    assert (result.ok, [gap["cause"] for gap in report.gaps]) == (True, ["paused"])
    assert "recording" in (tmp_path / "console.log").read_text()


def test_what_it_cannot_do_yet_is_refused(tmp_path):
    with pytest.raises(UsageError) as error:
        run(tmp_path, 5, button=[(1.0, 100)], rtc={"drift_ppm": 20})
    assert "knows nothing of button, rtc yet" in error.value.message


def test_a_clean_verdict_needs_every_frame(minute):
    """The judge itself: one unit changed on the way is found."""
    folder, _, _ = minute
    rows = (folder / "truth.jsonl").read_text().splitlines()
    changed = json.loads(rows[100])
    (folder / "other.jsonl").write_text("\n".join([*rows[:100], json.dumps({**changed, "sha256": "0" * 64}), *rows[101:]]))
    assert verify(folder / "card", truth=folder / "other.jsonl").verdict == "damaged"
