# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board against real SeaweedFS: everything ends stored, whatever happens in the middle of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fault_proxy import DyingStore, FaultProxy, assert_no_part_twice
from synced_run import Run

from host_tools import store

PART = 5 * 1024 * 1024
# At 8 Mbit/s the 13 MB segment that closes at 42 s needs until 56 s: three parts.
LONG: dict[str, Any] = {
    "seconds": 60,
    "bandwidth_kbps": 8000,
    "settings": {"part_bytes": PART, "segment_ms": 40_000},
    "patience_ms": 60_000,
}
IN_MID_PART_S = 50.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


def test_the_store_gives_back_what_the_camera_saw(running, tmp_path):
    done = Run(running, tmp_path, 1, **LONG)
    done.assert_all_stored()
    assert (done.result.frames["dropped"], done.result.segments["closed"]) == ({}, 3)


def test_a_store_killed_in_mid_part(running, tmp_path):
    proxy = DyingStore(running)
    with proxy:
        done = Run(running, tmp_path, 2, {"endpoint": proxy.endpoint}, **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert len(proxy.refused) == 3 and "store: cleared" in done.console


def test_a_link_that_drops_in_mid_part(running, tmp_path):
    with FaultProxy(running.http_endpoint) as proxy:
        done = Run(running, tmp_path, 3, {"endpoint": proxy.endpoint}, wifi_windows=[(0, IN_MID_PART_S), (58, 10_000)], **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert "wifi: lost home" in done.console


def test_a_power_cut_in_mid_part(running, tmp_path):
    with FaultProxy(running.http_endpoint) as proxy:
        done = Run(running, tmp_path, 4, {"endpoint": proxy.endpoint}, power_cuts=[IN_MID_PART_S], **LONG)
    done.assert_all_stored()
    assert_no_part_twice(proxy)
    assert (done.result.boots, done.result.lost_ms_max <= 2000) == (2, True)


def test_the_same_scenario_with_a_store_gives_the_same_trace(running, tmp_path):
    runs = [Run(running, tmp_path / name, 5, power_cuts=[IN_MID_PART_S], **LONG) for name in ("first", "second")]
    assert len({each.result.trace_sha256 for each in runs}) == 1
