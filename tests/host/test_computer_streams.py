# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated computer that records its camera, its screen and its microphone at once: each a channel of the same segments."""

import json
import shutil
from pathlib import Path
from typing import Any

import av
import pytest
from computer_runs import Run, run

from firmware.chunk import IDENTITY_MAGIC
from firmware.mcap import PREFIX_BYTES
from host_tools import cli
from host_tools.errors import UsageError
from host_tools.export import NoFrames, export
from host_tools.footage import Footage, load, open_source
from host_tools.recover import recover
from host_tools.segment_file import read_segment
from host_tools.verify import verify
from sim import faults
from sim.computer import small_board

FPS, SCREEN_FPS = 30, 10
SCREEN = {"encoder": "screen", "width": 128, "height": 96, "fps": SCREEN_FPS, "bitrate": 200_000}
SEGMENT_MS = 10_000


def record(folder: Path, seconds: float, *specs: str, settings: dict[str, Any] | None = None, **more: Any) -> Run:
    told = {"segment_ms": SEGMENT_MS, **(settings or {})}
    return run(folder, seconds, board=small_board({"screen": SCREEN}), faults=[*map(faults.parse, specs)], settings=told, **more)


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return record(tmp_path_factory.mktemp("streams") / "run", 60, settings={"microphone": True})


def gaps(done: Run) -> list[tuple[str, str]]:
    """(whose, cause) of each, in order."""
    return [(gap["stream"], gap["cause"]) for gap in done.report.gaps]


def test_every_frame_of_both_is_recorded(minute: Run):
    result, report = minute.result, minute.report
    assert (result.ok, report.verdict, report.gaps, report.problems) == (True, "lossless", [], [])
    assert (result.frames["recorded"], result.beside["screen"]["recorded"]) == (60 * FPS - 1, 60 * SCREEN_FPS - 1)
    assert (report.frames, report.beside, report.sound_s > 59) == (60 * FPS - 1, {"screen": 60 * SCREEN_FPS - 1}, True)


def test_each_segment_begins_with_a_keyframe_of_both(minute: Run):
    segments = minute.footage().segments
    first = [(segment.frames[0].is_key, segment.tracks["screen"][0].is_key) for segment in segments]
    assert (first, len(segments) >= 5) == ([(True, True)] * len(segments), True)


def test_the_official_reader_sees_three_topics(minute: Run):
    from mcap.reader import make_reader

    counts: dict[str, int] = {}
    for path in sorted((minute.out / "card").rglob("*.mcap")):
        with path.open("rb") as file:
            for schema, channel, _ in make_reader(file, validate_crcs=True).iter_messages():
                assert schema
                counts[f"{channel.topic} {schema.name}"] = counts.get(f"{channel.topic} {schema.name}", 0) + 1
    pictures = {"/camera foxglove.CompressedVideo": 60 * FPS - 1, "/screen foxglove.CompressedVideo": 60 * SCREEN_FPS - 1}
    assert {name: counts[name] for name in pictures} == pictures and counts["/microphone foxglove.RawAudio"] > 590


def test_a_film_of_each_has_its_times_and_the_sound(minute: Run, tmp_path: Path):
    rows = [json.loads(line) for line in (minute.out / "truth.jsonl").read_text().splitlines()]
    for name in ("", "screen"):
        film = export(minute.out / "card", tmp_path / "film.mp4", stream=name)
        with av.open(film.path) as container:
            times = [round(float(p.pts * p.time_base) * 1000) for p in container.demux(video=0) if p.size]  # type: ignore[operator]
        produced = [row["ticks_ms"] for row in rows if row.get("stream", "") == name]
        assert times == [at - produced[0] for at in produced]
        assert (film.others, film.sound_s > 58) == ([] if name else ["screen"], True)


def test_the_screen_is_seen_when_it_was(minute: Run):
    """Both show the same video, from when each encoder was started on: what is on both at one time was on both at one time."""
    boots = [minute.footage(), minute.footage().of_stream("screen")]
    starts = [footage.boots[0].frames[0].uptime_ns / 1e9 for footage in boots]
    assert abs(starts[0] - 1 / FPS - (starts[1] - 1 / SCREEN_FPS)) < 0.05


@pytest.mark.parametrize("keep", [False, True])
def test_a_power_cut_costs_less_than_two_seconds_of_either(tmp_path: Path, keep: bool):
    for at in (3.05, 9.9, 10.3, 10.6, 10.9, 11.2):  # about the end of a segment too, when the screen waits for the camera
        done = record(tmp_path / f"{at}", 16, power_cuts=[at], keep_unsynced=keep)
        assert (at, done.result.ok, done.result.boots, done.report.problems) == (at, True, 2, [])
        assert 0 < done.result.lost_ms_max <= 2000 and {*done.result.beside["screen"]["dropped"]} <= {"power_cut"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("screen:encoder-killed@5", "screen is not recorded: ffmpeg has ended with code -9"),
        ("screen:encoder-hung@5", "screen is not recorded: ffmpeg has sent no frame for 2000 ms"),
        ("screen:camera-gone@5-8", "screen is not recorded: ffmpeg has ended with code 1"),
        ("screen:noise@5-9", "screen is not recorded: ffmpeg has sent no frame for 2000 ms"),
    ],
)
def test_what_befalls_the_screen_costs_the_camera_nothing(tmp_path: Path, fault: str, said: str):
    done = record(tmp_path, 20, fault)
    assert (done.result.ok, done.report.problems, done.result.frames["dropped"]) == (True, [], {})
    assert {*gaps(done)} == {("screen", "camera")} and any(said in event["text"] for event in done.events())
    assert done.result.beside["screen"]["recorded"] > 8 * SCREEN_FPS


@pytest.mark.parametrize("fault", ["encoder-killed@5", "camera-gone@5-12", "camera-gone@0-15"])
def test_what_befalls_the_camera_costs_the_screen_nothing(tmp_path: Path, fault: str):
    done = record(tmp_path, 30, fault)
    assert (done.result.ok, done.report.problems, done.result.beside["screen"]["dropped"]) == (True, [], {})
    assert ({*gaps(done)} <= {("", "camera")}, done.result.frames["recorded"] > 10 * FPS) == (True, True)


def test_both_go_on_after_the_disk_was_away(tmp_path: Path):
    done = record(tmp_path, 30, "gone@5-8", settings={"microphone": True})
    assert (done.result.ok, done.report.problems, {cause for _, cause in gaps(done)}) == (True, [], {"card_error"})
    assert done.result.beside["screen"]["recorded"] > 25 * SCREEN_FPS


def test_the_same_seed_gives_the_same_recording(tmp_path: Path):
    runs = [record(tmp_path / name, 12, "screen:camera-gone@5-8", seed=7, power_cuts=[4.4]) for name in ("one", "two")]
    files = [[path.read_bytes() for path in sorted((done.out / "card").rglob("*.mcap"))] for done in runs]
    assert (runs[0].result.trace_sha256, files[0]) == (runs[1].result.trace_sha256, files[1])


def test_a_fault_of_a_stream_that_is_not_recorded_is_refused(tmp_path: Path):
    with pytest.raises(UsageError) as error:
        record(tmp_path, 5, "desk:encoder-killed@1")
    assert (error.value.message, error.value.hint) == ("profile webcam records no stream desk", "it has the camera, screen")


# -- spoilt files ----------------------------------------------------------------------------


def read(folder: Path) -> Footage:
    with open_source(folder) as source:
        return load(source)


def copied(minute: Run, to: Path) -> list[Path]:
    shutil.copytree(minute.out / "card", to)
    return sorted(to.rglob("*.mcap"))


def test_without_its_head_a_segment_still_says_whose_frames_are_whose(minute: Run, tmp_path: Path):
    path = copied(minute, tmp_path / "card")[1]
    before = read(path).segments[0]
    data = bytearray(path.read_bytes())
    head_bytes = data.index(IDENTITY_MAGIC) - PREFIX_BYTES
    data[:head_bytes] = bytes(head_bytes)
    path.write_bytes(data)
    after = read(path).segments[0]
    assert after.damage and [len(after.frames), len(after.tracks["screen"])] == [len(before.frames), len(before.tracks["screen"])]


def test_a_rebuilt_segment_has_all_streams_and_a_gap_in_each(minute: Run, tmp_path: Path):
    path = copied(minute, tmp_path / "card")[1]
    data = bytearray(path.read_bytes())
    data[200_000:200_100] = b"\xa5" * 100  # of one chunk
    path.write_bytes(data)
    lost = [
        len(segment.frames) + len(segment.tracks["screen"]) for segment in (read(minute.out / "card").segments[1], read(path).segments[0])
    ]
    recover(tmp_path / "card", tmp_path / "rebuilt")
    report = verify(tmp_path / "rebuilt")
    assert (report.verdict, report.problems, lost[0] > lost[1]) == ("lossy", [], True)
    assert {stream for stream, cause in [(gap["stream"], gap["cause"]) for gap in report.gaps] if cause == "damaged"} == {"", "screen"}


def test_a_missing_frame_of_the_screen_is_found(minute: Run, tmp_path: Path):
    """The judge itself: a segment that is not there is missing in both streams."""
    copied(minute, tmp_path / "card")[2].unlink()
    shutil.rmtree(tmp_path / "card/daylog/journal")
    shutil.rmtree(tmp_path / "card/daylog/index", ignore_errors=True)
    problems = verify(tmp_path / "card").problems
    assert [problem.partition(":")[0] for problem in problems] == ["boot 1", "screen"]


def test_the_chunk_of_a_spoilt_track_is_damage(minute: Run, tmp_path: Path):
    path = copied(minute, tmp_path / "card")[0]
    with path.open("rb") as stream:
        sample = next(sample for sample in read_segment(stream).messages if sample.topic == "/screen")
    path.write_bytes(path.read_bytes().replace(sample.data[:28], b"\xff" * 28))
    assert [problem for problem in verify(path).problems if "crc" in problem]


# -- commands --------------------------------------------------------------------------------


def test_commands_tell_of_it(minute: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["verify", str(minute.out / "card")]) == 0
    assert f"  screen: {60 * SCREEN_FPS - 1} frames\n" in capsys.readouterr().out
    assert cli.main(["export", str(minute.out / "card"), "-o", str(tmp_path / "film.mp4")]) == 0
    assert "there is more, for --stream: screen" in capsys.readouterr().out
    assert cli.main(["export", str(minute.out / "card"), "-o", str(tmp_path / "film.mp4"), "--stream", "desk"]) == 2
    assert "--stream has a choice of screen" in capsys.readouterr().err


def test_a_film_of_a_camera_that_never_was_says_what_there_is(tmp_path: Path):
    done = record(tmp_path / "run", 8, "camera-gone@0-100")
    with pytest.raises(NoFrames) as error:
        export(done.out / "card", tmp_path / "film.mp4")
    assert (error.value.hint, export(done.out / "card", tmp_path / "film.mp4", stream="screen").frames > 60) == (
        "--stream has a choice of screen",
        True,
    )
