# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Runs of several boots: with a main.py of a few lines, and with the firmware."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from host_tools.boards import load
from host_tools.commands.sim import command, run, up_to
from host_tools.demo import BOARD, clip
from host_tools.errors import UsageError
from sim import image, reel, runner
from sim.options import Options
from sim.world import FOR_EVER_US, RESULTS, World, tidied

KEYS = [
    *("ok", "board", "profile", "virtual_s", "real_s", "frames", "segments", "bytes", "beside", "boots", "lost_ms_max", "heap"),
    *("trace_sha256", "out"),
]


def options(out: Path, **more: Any) -> Options:
    return Options(**{"board": load(BOARD), "video": clip(), "seconds": 10, "out": out, **more})


def world_file(out: Path, now_us: int = 0, **more: Any) -> dict[str, Any]:
    """The world of one boot of such a run."""
    chosen = options(out, **more)
    out.mkdir(exist_ok=True)
    return json.loads(World(chosen, image.Image(b"", 0, {}), Path("reel"), out).boot_file(1, now_us, "power_on", 0, 3).read_text())


# -- the world -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "windows", "ending"),
    [
        ({}, [], "shutdown\r"),
        ({"store": {"endpoint": "http://x"}}, [[0, FOR_EVER_US]], "shutdown sync\r"),
        ({"store": {"endpoint": "http://x"}, "wifi_from": 3}, [[3_000_000, FOR_EVER_US]], "shutdown sync\r"),
        ({"wifi_from": 3.5, "wifi_to": 7}, [[3_500_000, 7_000_000]], "shutdown\r"),
        ({"wifi_to": 7}, [[0, 7_000_000]], "shutdown\r"),
        ({"wifi_windows": [(1, 2), (3, 4)]}, [[1_000_000, 2_000_000], [3_000_000, 4_000_000]], "shutdown\r"),
    ],
)
def test_wifi_is_there_for_a_store_or_when_asked_for(tmp_path: Path, given: dict, windows: list, ending: str):
    world = world_file(tmp_path, **given, typed=[(2, "status")])
    assert world["wifi"]["networks"][0]["windows"] == windows
    assert world["console"]["in"] == [[2_000_000, "status\r"], [10_000_000, "pause\r"], [11_000_000, ending]]
    assert (world["stop_at_us"], world["cut_at_us"]) == (910_000_000, None)


def test_who_ends_the_recording_waits_until_the_power_is_back(tmp_path: Path):
    typed = [[at, text] for now_us in (0, 9_500_000, 12_000_000) for at, text in world_file(tmp_path, now_us)["console"]["in"]]
    pauses, ends = [10_000_000, 10_500_000, 13_000_000], [11_000_000, 11_500_000, 14_000_000]
    assert typed == [
        [at, text] for pair in zip(pauses, ends, strict=True) for at, text in zip(pair, ("pause\r", "shutdown\r"), strict=True)
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seconds": 0}, "--seconds must be more than 0"),
        ({"power_cuts": [10]}, "10 s is outside the 10 s"),
        ({"profile": "imax"}, "no profile imax"),
        ({"wifi_from": 5, "wifi_to": 5}, "--wifi-to must be after"),
        ({"card_mb": 100}, "--card-mb must be at least"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_made(tmp_path: Path, wrong: dict, words: str):
    with pytest.raises(UsageError, match=words):
        options(tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


# -- boots, with a main.py of a few lines ----------------------------------------------------------


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that a run starts."""
    started: list[Any] = []
    real = subprocess.Popen

    def popen(*args: Any, **kwargs: Any) -> Any:
        started.append(real(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(runner.subprocess, "Popen", popen)
    return started


def world_of(chosen: Options, main: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """A prepared run of a board that has only this main.py."""
    with monkeypatch.context() as patched:
        patched.setattr(image, "device_files", lambda board, settings: {"main.py": main.encode()})
        return runner.prepare(chosen)


def test_it_boots_again_after_cuts_and_resets_until_it_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    main = """
import esp32, machine, time
nvs = esp32.NVS("daylog")
try:
    boot = nvs.get_i32("boot") + 1
except OSError:
    boot = 1
nvs.set_i32("boot", boot)
nvs.commit()
print("boot", boot, machine.reset_cause())
if boot == 1:
    machine.reset()
elif boot == 2:
    machine.WDT(timeout=1000)
    time.sleep(5)
elif boot == 5:
    machine.deepsleep()
time.sleep(50)
"""
    chosen = options(tmp_path, power_cuts=[4, 8.5], off_seconds=1.5)
    history = runner.play(chosen, world_of(chosen, main, monkeypatch))
    # A reset takes 0.3 s; the power stays away for 1.5 s; the watchdog bites after 1 s.
    ends = [("reset", 0), ("watchdog", 1_300_000), ("cut", 4_000_000), ("cut", 8_500_000), ("deep_sleep", 10_000_000)]
    assert [(end.reason, end.now_us) for end in history.ends] == ends
    assert history.virtual_s == 10
    lines = (tmp_path / "console.log").read_text().splitlines()
    starts = ["0.000 s: power_on", "0.300 s: hard", "1.600 s: watchdog", "5.500 s: power_on", "10.000 s: power_on"]
    assert lines[::2] == [f"--- boot {n} at {start}" for n, start in enumerate(starts, 1)]
    assert [line.split()[1] for line in lines[1::2]] == ["1", "2", "3", "4", "5"]


def test_a_cut_while_the_power_is_away_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = options(tmp_path, power_cuts=[4, 5], off_seconds=3)
    history = runner.play(chosen, world_of(chosen, "import machine, time\ntime.sleep(6)\nmachine.deepsleep()", monkeypatch))
    assert [end.reason for end in history.ends] == ["cut", "deep_sleep"]


def test_a_board_that_does_not_end_is_stopped_by_the_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = options(tmp_path, drain_seconds=5.0)
    history = runner.play(chosen, world_of(chosen, "import time\ntime.sleep(1000)", monkeypatch))
    assert [(end.reason, end.now_us) for end in history.ends] == [("stop", 15_000_000)]


def test_a_board_that_resets_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner, "MOST_BOOTS", 3)
    chosen = options(tmp_path)
    with pytest.raises(runner.SimError, match="the board reset 3 times"):
        runner.play(chosen, world_of(chosen, "import machine\nmachine.reset()", monkeypatch))


def test_a_board_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: list):
    monkeypatch.setattr(runner, "SILENCE_S", 0.5)
    chosen = options(tmp_path)
    world = world_of(chosen, "while True:\n    pass", monkeypatch)
    with pytest.raises(runner.SimError, match="nothing has happened"):
        runner.play(chosen, world)
    assert [child.returncode for child in children] == [-signal.SIGKILL]


def test_an_interpreter_that_fails_shows_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = options(tmp_path)
    world = world_of(chosen, "", monkeypatch)
    fails = tmp_path / "micropython"
    fails.write_text("#!/bin/sh\necho no such option; exit 3\n")
    fails.chmod(0o755)
    monkeypatch.setenv("DAYLOG_MICROPYTHON", str(fails))
    with pytest.raises(runner.SimError) as caught:
        runner.play(chosen, world)
    assert "without saying why (exit code 3)" in caught.value.message and "no such option" in caught.value.hint


# -- what is left ----------------------------------------------------------------------------------


def interrupt(_: float) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: list):
    chosen = options(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt), tidied(chosen.out):
        runner.play(chosen, world_of(chosen, "import time\nwhile True:\n    time.sleep(1)", monkeypatch), interrupt)
    assert ([child.returncode for child in children], chosen.out.exists()) == ([-signal.SIGKILL], False)


def test_ctrl_c_leaves_what_was_there_before(tmp_path: Path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(KeyboardInterrupt), tidied(tmp_path):
        (tmp_path / "card.img").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_video_that_is_none_makes_no_folder(tmp_path: Path):
    with pytest.raises(reel.VideoError):
        run(options(tmp_path / "out", video=tmp_path / "none.mp4"))
    assert not (tmp_path / "out").exists()


def test_the_image_with_the_stores_key_is_for_its_owner_only(tmp_path: Path):
    world_file(tmp_path)
    assert (tmp_path / "flash.img").stat().st_mode & 0o077 == 0


# -- the firmware ----------------------------------------------------------------------------------


def test_the_command_prints_one_object_and_leaves_four_files(tmp_path: Path):
    words = f"run --board {BOARD} --video {clip()} --seconds 12 --power-cut 7.3 --seed 3 --out {tmp_path} --json".split()
    done = CliRunner().invoke(command, words, standalone_mode=False)
    assert done.return_value == 0, done.output
    told = json.loads(done.output.splitlines()[-1])
    rows = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert (list(told), sorted(path.name for path in tmp_path.iterdir())) == (KEYS, sorted(RESULTS))
    assert (told["ok"], told["boots"], told["segments"], list(told["frames"]["dropped"])) == (
        True,
        2,
        {"closed": 2, "stored": 0, "pending": 2},
        ["power_cut"],
    )
    frames = told["frames"]
    assert (frames["captured"], frames["recorded"]) == (len(rows), sum(row["fate"] == "recorded" for row in rows))
    assert frames["captured"] == frames["recorded"] + sum(frames["dropped"].values())
    assert 0 < told["lost_ms_max"] <= 2000


@pytest.mark.parametrize("how", ["all is lost", "a part is kept"])
def test_whenever_the_power_goes_everything_is_explained(tmp_path: Path, how: str):
    """Cuts all over a commit and into a segment's end, 8 s after power-on."""
    for seed, cut in enumerate([0.2, 3.03, 5.5, 6.1, 6.62, 8.01, 8.07, 8.6]):
        chosen = options(tmp_path, seed=seed, power_cuts=[cut], keep_unsynced=how == "a part is kept", settings={"segment_ms": 8000})
        result, problems = run(chosen)
        assert (result.ok, problems, result.lost_ms_max <= 2000) == (True, [], True), (cut, result)
        assert set(result.frames["dropped"]) <= {"power_cut"}, (cut, result)


@pytest.mark.parametrize("ending", ["pause", "shutdown"])
def test_no_frame_is_lost_when_recording_ends_between_two_segments(tmp_path: Path, ending: str):
    for seconds in (5.0, 5.04, 6.18, 6.22, 6.3, 6.33):
        result, problems = run(options(tmp_path, seconds=seconds + 1, typed=[(seconds, ending)], settings={"segment_ms": 1000}))
        assert (result.ok, problems, result.frames["dropped"]) == (True, [], {}), seconds


def test_the_same_seed_gives_the_same_files(tmp_path: Path):
    traces = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        result, _ = run(options(folder, power_cuts=[6.4], keep_unsynced=True, seed=5))
        traces.append(result.trace_sha256)
    assert traces[0] == traces[1]
    for name in ("console.log", "truth.jsonl", "trace.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_progress_is_what_was_added():
    added: list[float] = []
    tell = up_to(10, added.append)
    for now in (1, 4, 4, 12):
        tell(now)
    assert added == [1, 3, 0, 6]
