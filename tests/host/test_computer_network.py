# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated computer against real SeaweedFS and the world's store: everything ends stored, whatever happens in the middle of it."""

import json
import random
from pathlib import Path
from typing import Any

import computer_runs
import pytest
from fault_proxy import DyingStore, FaultProxy, assert_no_part_twice
from synced_run import in_store, uploads_begun

from host_tools import store
from host_tools.errors import UsageError
from host_tools.verify import verify
from sim import faults, runner
from sim.computer import small_board
from sim.world import FIXED_UTC_MS, KEY, recorder_store
from sim.world_store import Kept, Mood, WorldStore

PART = 5 << 20
# At 8 Mbit/s the 15 MB segment that closes at 42 s needs until 57 s: three parts, all on their way at once.
LONG: dict[str, Any] = {
    "seconds": 60,
    "board": small_board(name="pi_zero_2w", width=320, height=240, bitrate=3_000_000),
    "bandwidth_kbps": 8000,
    "settings": {"part_bytes": PART, "segment_ms": 40_000},
    "patience_ms": 60_000,
}
SHORT: dict[str, Any] = {"seconds": 14, "board": small_board(name="pi_zero_2w"), "settings": {"segment_ms": 4000}}
IN_MID_PART_S = 50.0
SOME_BYTES, SOME_ANSWERS = 400_000, 1_000


class Run(computer_runs.Run):
    """One run of the computer with a store; `change` is how the store's settings differ."""

    def __init__(self, info: store.StoreInfo, out: Path, seed: int, change: dict[str, Any] | None = None, **options: Any) -> None:
        done = computer_runs.run(out, store={**recorder_store(info.store_file), **(change or {})}, seed=seed, **options)
        super().__init__(done.result, done.report, out)
        self.info, self.seed = info, seed

    def on_card(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.out / "card").rglob("*.mcap"))]

    def assert_all_stored(self) -> None:
        """The store has what the card has, nothing waits, and every frame that the encoder gave is there or its loss is told."""
        segments, mine = self.result.segments, f"s3://{store.BUCKET}/{store.PREFIX}/sim-{self.seed}/"
        assert (self.result.ok, self.report.problems, segments["pending"]) == (True, [], 0), self.said
        assert segments["stored"] == segments["closed"] == len(self.on_card()) > 0
        assert in_store(self.info, self.seed) == self.on_card()
        assert uploads_begun(self.info, self.seed) == [], "parts were left behind"
        assert verify(mine, self.info.owner_file, self.out / "truth.jsonl").problems == []

    def status(self) -> dict[str, Any]:
        """What `status --json` answered last."""
        return next(json.loads(line) for line in reversed(self.said.splitlines()) if line.startswith('{"') and '"problems"' in line)

    def happened(self, *kinds: str) -> list[str]:
        rows = [json.loads(line) for line in (self.out / "trace.jsonl").read_text().splitlines()]
        return [row["what"] for row in rows if row["what"] in kinds]


def plain(info: store.StoreInfo) -> dict[str, Any]:
    return {"endpoint": info.http_endpoint}


# -- all is well -------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "board", "is_plain"), [(1, "pi_zero_2w", False), (2, "pi_zero_2w", True), (3, "linux_desktop", False)])
def test_what_a_computer_records_is_in_the_store(info, tmp_path, seed, board, is_plain):
    done = Run(info, tmp_path, seed, plain(info) if is_plain else None, **{**SHORT, "board": small_board(name=board)})
    done.assert_all_stored()
    assert (done.result.frames["dropped"], done.report.verdict) == ({}, "lossless")


def test_the_same_scenario_with_a_store_gives_the_same_trace(info, tmp_path):
    runs = [Run(info, tmp_path / name, 5, power_cuts=[IN_MID_PART_S], **LONG) for name in ("first", "second")]
    assert len({each.result.trace_sha256 for each in runs}) == 1


def test_the_key_of_the_store_is_nobody_elses(info, tmp_path):
    """While it runs, that is: afterwards what holds it is removed."""
    Run(info, tmp_path, 6, power_cuts=[3.0], **SHORT)
    secret = recorder_store(info.store_file)["secret_key"].encode()
    holders = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    open_to_all = [
        path for path in holders if all(each.stat().st_mode & 0o077 for each in (path, *path.parents) if tmp_path in each.parents)
    ]
    assert (len(holders) >= 2, open_to_all) == (True, [])


# -- what breaks off ---------------------------------------------------------------------------


def test_a_link_that_drops_in_mid_part(info, tmp_path):
    with FaultProxy(info.http_endpoint) as proxy:
        done = Run(info, tmp_path, 10, {"endpoint": proxy.endpoint}, wifi_windows=[(0, IN_MID_PART_S), (58, 10_000)], **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert sum("partNumber" in request.query and not request.status for request in proxy.requests) == 3, "they were on their way at once"
    assert done.result.frames["dropped"] == {} and "wifi: lost home" in done.said
    assert done.happened("wifi_up", "wifi_down") == ["wifi_up", "wifi_down", "wifi_up", "wifi_down"]


def test_a_store_killed_in_mid_part(info, tmp_path):
    proxy = DyingStore(info)
    with proxy:
        done = Run(info, tmp_path, 11, {"endpoint": proxy.endpoint}, **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert (len(proxy.refused), done.result.frames["dropped"]) == (3, {}) and "store: cleared" in done.said


def test_a_power_cut_in_mid_part(info, tmp_path):
    with FaultProxy(info.http_endpoint) as proxy:
        done = Run(info, tmp_path, 12, {"endpoint": proxy.endpoint}, power_cuts=[IN_MID_PART_S], **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert (done.result.boots, done.result.lost_ms_max <= 2000) == (2, True)


@pytest.mark.parametrize(("seed", "how"), [(14, "close"), (15, "reset"), (16, "stall")])
def test_a_line_that_is_cut_again_and_again(info, tmp_path, seed, how):
    chance, proxy = random.Random(seed), FaultProxy(info.http_endpoint)
    proxy.cut("sent", [chance.randrange(1, SOME_BYTES) for _ in range(3)], how)
    proxy.cut("answered", [chance.randrange(1, SOME_ANSWERS) for _ in range(2)], how)
    with proxy:
        done = Run(info, tmp_path, seed, {"endpoint": proxy.endpoint}, patience_ms=150, **SHORT)
    done.assert_all_stored()
    assert done.result.frames["dropped"] == {} and "error store: " in done.said and "store: cleared" in done.said


def test_streams_beside_the_camera_are_stored_too(info, tmp_path):
    board = small_board({"screen": {"encoder": "screen", "fps": 10}})
    done = Run(info, tmp_path, 17, **{**SHORT, "board": board})
    done.assert_all_stored()
    assert (done.result.frames["dropped"], len(done.happened("wifi_up"))) == ({}, 1)


def test_network_manager_that_is_started_late(info, tmp_path):
    done = Run(info, tmp_path, 13, faults=[faults.parse("no-networkmanager@0-8")], **SHORT)
    done.assert_all_stored()
    assert done.result.frames["dropped"] == {} and "NetworkManager does not run; start it" in done.said


# -- networks that are of no use ---------------------------------------------------------------


def useless(info: store.StoreInfo, out: Path, seed: int, **more: Any) -> Run:
    """Recording goes on as if nothing were."""
    done = Run(info, out, seed, drain_seconds=700, **{**SHORT, **more})
    assert (done.result.ok, done.report.verdict, done.result.segments["stored"], in_store(info, seed)) == (True, "lossless", 0, [])
    return done


def test_a_wrong_password_is_explained(info, tmp_path):
    wifi = {"settings": {"segment_ms": 4000, "wifi": [{"ssid": "home", "key": "wrong"}]}}
    done = useless(info, tmp_path, 20, **{**wifi, "seconds": 60, "typed": [(55.0, "status --json")]})
    assert done.status()["problems"]["wifi"] == "network home refuses its key; correct it in the settings"


@pytest.mark.parametrize(("seed", "kind"), [(21, "login"), (22, "reset")])
def test_a_network_that_wants_a_login(info, tmp_path, seed, kind):
    """What it says, TLS does not let through."""
    done = useless(info, tmp_path, seed, network={"captive": kind})
    assert "wifi: left home, it does not lead to the store" in done.said


def test_a_login_page_in_the_place_of_a_store_without_tls(info, tmp_path):
    done = useless(info, tmp_path, 23, network={"captive": "login"}, change=plain(info))
    assert "wifi: left home, it wants a login first; not again for 10 min" in done.said


def test_a_network_that_gives_no_address_for_a_while(info, tmp_path):
    done = Run(info, tmp_path, 24, network={"dhcp_fails": [[0, 20_000_000]]}, **{**SHORT, "seconds": 40})
    done.assert_all_stored()
    assert done.result.frames["dropped"] == {}


def test_a_name_server_that_is_silent_costs_no_frame(info, tmp_path):
    network = {"names": {"store.test": "127.0.0.1"}, "names_fail": [[0, 20_000_000]]}
    named = {"endpoint": info.http_endpoint.replace("127.0.0.1", "store.test")}
    done = Run(info, tmp_path, 25, named, network=network, **{**SHORT, "seconds": 30})
    done.assert_all_stored()
    assert done.result.frames["dropped"] == {} and "error store: no name server of this network answers for store.test" in done.said


def test_a_clock_that_the_store_refuses_is_corrected_by_it(info, tmp_path):
    done = Run(info, tmp_path, 26, network={"ntp_error_ms": -7_200_000}, **SHORT)
    done.assert_all_stored()
    assert done.said.count("says the store; here it was") == 1


def test_the_better_one_of_two_networks_is_joined(info, tmp_path):
    link = {"windows": [[0, 1 << 50]], "bandwidth_bps": 8_000_000, "latency_us": 20_000}
    work = {"ssid": "work", "key": KEY, "rssi": -50, **link}
    known = [{"ssid": "home", "key": KEY, "priority": 0}, {"ssid": "work", "key": KEY, "priority": 5}]
    settings = {"segment_ms": 4000, "wifi": known}
    done = Run(info, tmp_path, 27, networks=[work], typed=[(10.0, "status")], **{**SHORT, "settings": settings})
    done.assert_all_stored()
    assert "link      connected to work, -50 dBm" in done.said


# -- the world's store -------------------------------------------------------------------------


def test_twenty_minutes_with_the_worlds_store_in_its_moods(tmp_path):
    kept: list[Kept] = []
    begins_s = FIXED_UTC_MS / 1000
    with WorldStore(lambda: begins_s + runner.virtual_s(tmp_path / "trace.jsonl"), kept.append) as world:
        world.moods += [Mood(begins_s + 200, begins_s + 300, "slow_down"), Mood(begins_s + 500, begins_s + 600, "lost_reply")]
        options = {"store": world.settings, "utc_at_zero_ms": FIXED_UTC_MS, "settings": {"segment_ms": 60_000}, "seed": 30}
        done = computer_runs.run(
            tmp_path, 1200, board=small_board(name="pi_zero_2w", fps=5), wifi_windows=[(100, 800), (900, 10_000)], **options
        )
    assert (done.result.ok, done.report.verdict, done.result.segments["pending"]) == (True, "lossless", 0)
    assert {each.data for each in kept} == {path.read_bytes() for path in (tmp_path / "card").rglob("*.mcap")}
    assert sorted(world.refused) == ["PreconditionFailed", "lost_reply", "slow_down"]


# -- what it cannot do -------------------------------------------------------------------------


def test_an_owner_who_looks_after_the_network_joins_no_second_one(info, tmp_path):
    with pytest.raises(UsageError, match="linux_desktop joins no network by itself"):
        Run(info, tmp_path, 40, networks=[{"ssid": "work"}], **{**SHORT, "board": small_board(name="linux_desktop")})
