# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What users of other recorders complain of most, and a test of each that would have caught it here.

|    | complaint                                   | here                                                               |
|----|---------------------------------------------|--------------------------------------------------------------------|
|  1 | a power cut loses the open file             | test_01_…                                                          |
|  2 | "synced" but it is not; silent failures     | test_02_…, two                                                     |
|  3 | the backlog is never sent, or as 0 bytes    | test_03_…                                                          |
|  4 | a full card: data dropped, or too much gone | test_04_…, two                                                     |
|  5 | wrong time                                  | test_05_…                                                          |
|  6 | fake, lying and dying cards                 | test_06_…; more of them in test_bad_cards.py                       |
|  7 | heat stops it after minutes                 | test_power_days.py: it rests, and says so; the heat is a model     |
|  8 | the supply breaks down: a crash loop        | test_08_…; how long a battery lasts is estimated by `daylog budget` |
|  9 | Wi-Fi and card in each other's way          | test_09_…                                                          |
| 10 | more than one network                       | test_10_…; no VPN, and the recorder is no access point             |
| 11 | uploading is slower than recording          | test_11_…, two                                                     |
| 12 | holes while syncing or splitting            | test_12_…                                                          |
| 13 | a higher resolution                         | test_13_…: it is refused with figures, not promised                |
| 14 | updates brick it or do not stick            | no test: there are no updates over the air yet                     |
| 15 | pause, timed pause                          | test_15_…, two; the last minutes cannot be erased on the board     |
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bad_day import day
from fault_proxy import FaultProxy
from synced_run import Run, frames, numbers

from host_tools import cli, store
from host_tools.card_journal import Key, Record
from host_tools.dating import date
from host_tools.demo import BOARD
from host_tools.footage import Boot, Footage, open_source
from host_tools.footage import load as load_footage
from host_tools.timeline import lay_out
from sim import faults
from sim.world import KEY, SSID

PROFILE = "qvga20"
FPS = 20
PART = 5 << 20
SEGMENT_PARTS = 8  # room for so many is asked for before a segment begins
HOME_AGAIN_S = 10_000.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


def synced(running: store.StoreInfo, out: Path, seed: int, seconds: float, change: dict[str, Any] | None = None, **more: Any) -> Run:
    """A small picture in segments of 3 s, unless it is to be otherwise."""
    more = {"profile": PROFILE, **more, "settings": {"segment_ms": 3000, **more.get("settings", {})}}
    return Run(running, out, seed, change, seconds=seconds, **more)


def on_card(out: Path) -> Footage:
    with open_source(out / "card.img") as source:
        return load_footage(source)


def keys_of(done: Run) -> list[store.StoredObject]:
    """The objects of a run, in the order in which they were recorded."""
    found = store.listing(done.info.folder, f"{store.PREFIX}/sim-{done.seed}/")
    return sorted(found, key=lambda row: numbers(row.key))


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def began_ms(out: Path) -> list[float]:
    """When each boot began, in virtual time."""
    return [row["us"] / 1000 for row in rows(out / "trace.jsonl") if row["what"] == "boot"]


def longest_hole_ms(boot: Boot) -> float:
    """From one frame to the next."""
    return max(b.uptime_ns - a.uptime_ns for a, b in pairwise(boot.frames)) / 1e6


def states(journal: dict[Key, Record]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for key in sorted(journal):
        found.setdefault(journal[key].state, []).append(key)
    return found


# -- 1 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep_unsynced", [False, True])
def test_01_a_power_cut_does_not_lose_the_open_file(tmp_path: Path, keep_unsynced: bool):
    """One segment is open all the time; it ends at most 2 s before the cut, is closed at the next boot, and the end is told."""
    done = day(tmp_path, profile=PROFILE, seconds=24, power_cuts=[15.3], keep_unsynced=keep_unsynced)
    assert (done.result.ok, done.problems, done.result.lost_ms_max <= 2000) == (True, [], True)
    footage = on_card(tmp_path)
    cut, after = footage.boots
    assert [(segment.closed, segment.damage) for segment in footage.segments] == [(True, [])] * 2
    assert cut.frames[-1].uptime_ns / 1e9 > 15.3 - 2 and len(after.frames) > 3 * FPS
    assert [(gap.boot, gap.cause) for gap in footage.gaps] == [(1, "power_on")]


# -- 2 ---------------------------------------------------------------------------------------------


def test_02_what_counts_as_synced_is_in_the_store_byte_by_byte(running, tmp_path: Path):
    done = synced(running, tmp_path, 2, 12)
    done.assert_all_stored()
    journal = on_card(tmp_path).journal
    told = [(key, record.state, record.size, record.sha256) for key, record in sorted(journal.items()) if key[1]]
    found = [
        (numbers(row.key), "stored", len(data), hashlib.sha256(data).hexdigest())
        for row, data in zip(keys_of(done), done.in_store(), strict=True)
    ]
    assert (told, len(told) >= 4) == (found, True)


def test_02_failures_are_not_silent(running, tmp_path: Path):
    typed = [(15.0, "status --json")]
    done = synced(running, tmp_path, 3, 18, {"endpoint": "http://127.0.0.1:1"}, typed=typed)
    said = done.status()
    assert "is the store up and the port right?" in said["problems"]["store"]
    assert (said["card"]["segments"]["stored"], said["sync"]["state"].startswith("trying again in")) == (0, True)
    assert "given up; what is not stored stays on the card" in done.console
    assert (done.result.frames["dropped"], done.result.segments["stored"]) == ({}, 0)


# -- 3 ---------------------------------------------------------------------------------------------


def test_03_the_backlog_of_all_boots_is_sent_in_order_and_whole(running, tmp_path: Path):
    away = [(0.0, 8.0), (24.0, HOME_AGAIN_S)]
    with FaultProxy(running.http_endpoint) as proxy:
        done = synced(running, tmp_path, 4, 28, {"endpoint": proxy.endpoint}, wifi_windows=away, power_cuts=[18])
    done.assert_all_stored()
    sent = [numbers(request.path) for request in proxy.requests if request.method == "PUT" and request.status == 200]
    assert sent == sorted(set(sent)) == [numbers(row.key) for row in keys_of(done)]
    assert ({boot for boot, _ in sent}, min(row.size for row in keys_of(done)) > 0) == ({1, 2}, True)


# -- 4 ---------------------------------------------------------------------------------------------


def test_04_a_full_card_gives_alarm_and_nothing_unstored_is_deleted(tmp_path: Path):
    typed = [(38.0, "status"), (39.0, "status --json")]
    settings = {"segment_ms": 3000, "part_bytes": PART}
    done = day(tmp_path, profile=PROFILE, seconds=40, settings=settings, faults=[faults.parse("full=12")], typed=typed)
    assert (done.result.ok, done.problems, set(done.result.frames["dropped"]) <= {"card_full", "overflow"}) == (True, [], True)
    assert "PROBLEM recording: footage cannot be written: the card is full, and nothing on it may be removed" in done.said[0]
    footage = on_card(tmp_path)
    segments = [(segment.boot, segment.number) for segment in footage.segments]
    assert (segments, states(footage.journal)["closed"]) == ([(1, n + 1) for n in range(len(segments))], segments)
    assert (len(segments) >= 3, longest_hole_ms(footage.boots[0]) < 200) == (True, True)


def test_04_of_what_is_stored_only_as_much_goes_as_is_needed(running, tmp_path: Path):
    """Room for two segments of the greatest size is kept ready; that is 84 of the 86 MB that are free."""
    ready_mb = 2 * SEGMENT_PARTS * PART / 1e6
    settings = {"segment_ms": 3000, "part_bytes": PART}
    done = synced(running, tmp_path, 5, 60, settings=settings, faults=[faults.parse("full=86")], typed=[(59.0, "status --json")])
    journal = on_card(tmp_path).journal
    gone, kept = states(journal)["reclaimed"], states(journal)["stored"]
    assert (sorted(gone + kept), max(gone) < min(kept)) == (sorted(key for key in journal if key[1]), True)
    largest_mb = max(record.size or 0 for record in journal.values()) / 1e6
    free_mb = done.status()["card"]["free_bytes"] / 1e6
    assert ready_mb - 3 * largest_mb < free_mb < ready_mb + largest_mb
    produced = [row["sha256"] for row in rows(tmp_path / "truth.jsonl") if row["fate"] != "dropped:overflow"]
    assert [digest for data in done.in_store() for digest in frames(data)] == produced


# -- 5 ---------------------------------------------------------------------------------------------


def test_05_time_that_is_learnt_late_dates_everything_of_its_boot(running, tmp_path: Path):
    """The first boot never learns it, the second one after 8 s."""
    now_ms = int(time.time() * 1000)  # the store looks at it
    done = synced(running, tmp_path, 6, 32, wifi_from=23, power_cuts=[12], utc_at_zero_ms=now_ms)
    done.assert_all_stored()
    never, late = on_card(tmp_path).boots
    assert [segment.utc_offset_ns is None for segment in late.segments][:: len(late.segments) - 1] == [True, False]
    dates_of = date([never, late])
    true_ms = now_ms + began_ms(tmp_path)[1]
    assert (dates_of[1].how, dates_of[2].how) == ("order", "told")
    assert abs((dates_of[2].utc_ns or 0) / 1e6 - true_ms) < 200
    stamps = [re.search(r"/(undated)/|/(\d{8}T\d{6}Z)-", row.key) for row in keys_of(done)]
    dates = [found[1] or found[2] for found in stamps if found]
    first_ms = [segment.frames[0].uptime_ns / 1e6 for segment in late.segments if segment.frames]
    assert dates[: len(never.segments)] == ["undated"] * len(never.segments)
    for stamp, uptime_ms in zip(dates[len(never.segments) :], first_ms, strict=True):
        said_s = time.mktime(time.strptime(stamp, "%Y%m%dT%H%M%SZ")) - time.timezone
        assert abs(said_s - (true_ms + uptime_ms) / 1000) < 2, dates
    starts_ns = lay_out(on_card(tmp_path)).starts_ns
    assert starts_ns[1] < starts_ns[2]


# -- 6 ---------------------------------------------------------------------------------------------

CARDS = [
    ("wrap=16", ["the card says it has 8192 MB and has 16 MB", "all that this counterfeit card has is used"], 15),
    ("lie@12", ["the card does not give back what is written to it", "error card: ", "replace it"], 10),
]


@pytest.mark.parametrize(("fault", "words", "kept_s"), CARDS, ids=["counterfeit", "dying"])
def test_06_a_bad_card_is_called_so_and_what_it_kept_stays(tmp_path: Path, fault: str, words: list[str], kept_s: float):
    done = day(tmp_path, seconds=60 if fault.startswith("wrap") else 24, faults=[faults.parse(fault)])
    assert [word for word in words if word not in done.said[0]] == [], done.said[0]
    (boot,) = on_card(tmp_path).boots
    last_s = boot.frames[-1].uptime_ns / 1e9
    assert (done.problems, last_s > kept_s, longest_hole_ms(boot) < 500) == ([], True, True)


# -- 8 ---------------------------------------------------------------------------------------------

BREAKS_DOWN = """
import machine
from hal.esp32.wifi import Wifi
Wifi.connect = lambda *args: machine.reset()
"""


def test_08_a_supply_too_weak_for_the_radio_ends_in_recording_without_it(tmp_path: Path):
    done = day(tmp_path, BREAKS_DOWN, profile=PROFILE, seconds=30, typed=[(27.0, "status")])
    assert (done.result.ok, done.problems, done.ends) == (True, [], ["reset"] * 5 + ["deep_sleep"])
    assert "PROBLEM safe_mode: safe mode, because 5 starts in a row came to nothing" in done.said[-1]
    (boot,) = on_card(tmp_path).boots
    assert (len(boot.frames) > 25 * FPS, longest_hole_ms(boot) < 200) == (True, True)


# -- 9 ---------------------------------------------------------------------------------------------


def test_09_wifi_that_comes_and_goes_costs_no_frame(running, tmp_path: Path):
    away = [(0.0, 8.0), (10.0, 20.0), (24.0, 36.0), (40.0, HOME_AGAIN_S)]
    done = synced(running, tmp_path, 9, 50, profile="svga10", wifi_windows=away, bandwidth_kbps=6000)
    done.assert_all_stored()
    assert (done.result.frames["dropped"], done.result.boots, done.console.count("wifi: lost home")) == ({}, 1, 3)


# -- 10 --------------------------------------------------------------------------------------------


def test_10_the_second_known_network_is_used_when_the_first_is_not_here(running, tmp_path: Path):
    known = [{"ssid": "work", "key": "another"}, {"ssid": SSID, "key": KEY}]
    done = synced(running, tmp_path, 10, 15, settings={"wifi": known})
    done.assert_all_stored()
    assert "wifi: connected to home" in done.console


# -- 11 --------------------------------------------------------------------------------------------


def test_11_an_upload_slower_than_the_recording_costs_nothing_and_shows(running, tmp_path: Path):
    done = synced(running, tmp_path, 11, 20, bandwidth_kbps=400, typed=[(19.0, "status --json")])
    done.assert_all_stored()
    waiting = done.status()["card"]
    assert (done.result.frames["dropped"], waiting["segments"]["closed"] >= 3, waiting["pending_bytes"] > 1_000_000) == ({}, True, True)


def test_11_the_budget_says_beforehand_that_the_night_is_too_short(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["budget", BOARD, "--hours", "14", "--profile", "svga10"]) != 0
    assert "16.7 GB take 11.6 h over TLS at 400 kB/s; Wi-Fi is there for 10 h" in " ".join(capsys.readouterr().out.split())


# -- 12 --------------------------------------------------------------------------------------------


def test_12_no_hole_between_segments_while_they_are_synced(running, tmp_path: Path):
    done = synced(running, tmp_path, 12, 24, profile="svga10", settings={"segment_ms": 1500}, typed=[(23.0, "status --json")])
    done.assert_all_stored()
    (boot,) = on_card(tmp_path).boots
    assert (done.result.frames["dropped"], len(boot.segments) >= 12) == ({}, True)
    assert done.status()["card"]["segments"]["stored"] >= 8, "they were sent while it recorded"
    assert [frame.sequence for frame in boot.frames] == list(range(1, len(boot.frames) + 1))
    assert longest_hole_ms(boot) < 200


# -- 13 --------------------------------------------------------------------------------------------


def test_13_the_budget_refuses_2k_on_a_board_that_cannot_do_it(capsys: pytest.CaptureFixture[str]):
    cli.main(["budget", BOARD, "--hours", "14", "--json"])
    target = json.loads(capsys.readouterr().out)["target"]
    refused = [check["part"] for check in target["checks"] if check["verdict"] == "FAIL"]
    assert (target["verdict"], refused) == ("FAIL", ["sensor", "card speed", "upload"])


# -- 15 --------------------------------------------------------------------------------------------


def test_15_a_pause_of_a_minute_ends_by_itself_and_is_told(tmp_path: Path):
    done = day(tmp_path, profile=PROFILE, seconds=75, typed=[(6.0, "pause 1"), (30.0, "status")])
    assert (done.result.ok, done.problems, set(done.result.frames["dropped"]) <= {"paused"}) == (True, [], True)
    assert re.search(r"state +paused", done.said[0])
    footage = on_card(tmp_path)
    times_s = [frame.uptime_ns / 1e9 for frame in footage.boots[0].frames]
    ((pause_s, resume_s),) = [(a, b) for a, b in pairwise(times_s) if b - a > 1]
    (gap,) = footage.gaps
    told_s = ((gap.from_uptime_ms or 0) / 1000, (gap.to_uptime_ms or 0) / 1000)
    assert (gap.cause, told_s) == ("paused", pytest.approx((pause_s, resume_s), abs=0.1))
    assert resume_s - pause_s == pytest.approx(60, abs=2)


def test_15_a_pause_without_an_end_survives_a_reboot(tmp_path: Path):
    typed = [(6.0, "pause"), (8.0, "reboot"), (16.0, "status"), (20.0, "resume")]
    done = day(tmp_path, profile=PROFILE, seconds=26, typed=typed)
    assert (done.result.ok, done.problems, done.ends) == (True, [], ["reset", "deep_sleep"])
    assert re.search(r"state +paused", done.said[1])
    footage = on_card(tmp_path)
    after_s = [footage_s + began_ms(tmp_path)[1] / 1000 for footage_s in (frame.uptime_ns / 1e9 for frame in footage.boots[1].frames)]
    assert (after_s[0] > 19.9, {gap.cause for gap in footage.gaps}) == (True, {"paused"})
