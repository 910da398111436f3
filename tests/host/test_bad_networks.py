# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board on bad networks, with real SeaweedFS behind them: recording loses nothing, and everything ends stored."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_stores import answering, liar
from fault_proxy import FaultProxy
from synced_run import Run

from host_tools import store
from host_tools.verify import verify
from sim import faults

SHORT: dict[str, Any] = {"seconds": 14, "settings": {"segment_ms": 4000}, "patience_ms": 150}
IN_PARTS: dict[str, Any] = {"seconds": 50, "settings": {"segment_ms": 45_000, "part_bytes": 5 << 20}, "patience_ms": 150}
AT_ONCE = {"parts_at_once": 3, "buffer_bytes": 16384}
SOME_BYTES = 4_000_000  # what such a run sends, at least
SOME_ANSWERS = 1_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


def through(proxy: FaultProxy, running: store.StoreInfo, out: Path, seed: int, **more: Any) -> Run:
    with proxy:
        return Run(running, out, seed, {"endpoint": proxy.endpoint}, **{**SHORT, **more})


def assert_nothing_lost(done: Run) -> None:
    done.assert_all_stored()
    assert (done.result.frames["dropped"], done.result.lost_ms_max) == ({}, 0)


# -- the line ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "how"), [(30, "close"), (31, "reset"), (32, "stall")])
def test_a_line_that_is_cut_again_and_again(running, tmp_path, seed, how):
    """Where, is drawn from the seed; tests/firmware/test_cut_lines_props.py cuts after every byte."""
    chance = random.Random(seed)
    proxy = FaultProxy(running.http_endpoint)
    proxy.cut("sent", [chance.randrange(1, SOME_BYTES) for _ in range(6)], how)
    proxy.cut("answered", [chance.randrange(1, SOME_ANSWERS) for _ in range(3)], how)
    done = through(proxy, running, tmp_path, seed)
    assert_nothing_lost(done)
    assert "error store: " in done.console and "store: cleared" in done.console


@pytest.mark.parametrize(("seed", "how"), [(50, "close"), (51, "reset")])
def test_a_line_that_is_cut_while_several_parts_are_on_their_way(running, tmp_path, seed, how):
    chance = random.Random(seed)
    proxy = FaultProxy(running.http_endpoint)
    proxy.cut("sent", [chance.randrange(1, 3 * SOME_BYTES) for _ in range(6)], how)
    done = through(proxy, running, tmp_path, seed, **IN_PARTS, upload=AT_ONCE)
    assert_nothing_lost(done)
    assert sum("partNumber" in request.query for request in proxy.requests) > 3


def test_a_slow_line(running, tmp_path):
    done = Run(running, tmp_path, 33, seconds=8, settings={"segment_ms": 3000}, bandwidth_kbps=64, latency_ms=800, drain_seconds=3000)
    assert_nothing_lost(done)


# -- answers -----------------------------------------------------------------------------------


def answer(status: int, body: str = "", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", body]).encode()


def refusal(status: int, code: str, **headers: str) -> bytes:
    return answer(status, f"<Error><Code>{code}</Code></Error>", **headers)


BAD: list[Callable[[bytes], bytes]] = [
    lambda whole: whole * 2,
    lambda whole: whole[: len(whole) // 2],
    lambda whole: b"",
    lambda whole: refusal(500, "InternalError"),
    lambda whole: refusal(503, "SlowDown", **{"retry-after": "7"}),
    lambda whole: refusal(409, "OperationAborted"),
    lambda whole: refusal(412, "PreconditionFailed"),
    lambda whole: refusal(404, "NoSuchUpload"),
    lambda whole: answer(200, etag='"00000000000000000000000000000000"'),
    lambda whole: answer(200, "<html>Welcome</html>", etag='"x"'),
    lambda whole: answer(302, location="http://login.example/"),
    lambda whole: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
    lambda whole: answer(200, "x" * 1_000_000),
]


def as_it_is(whole: bytes) -> bytes:
    return whole


class Spoiler:
    """One answer of three is bad: the next says that the object exists, the one after it proves that. Interim ones do not count."""

    def __init__(self) -> None:
        self.left = [kind for bad in BAD for kind in (bad, as_it_is, as_it_is)]

    def __call__(self, number: int, whole: bytes) -> bytes:
        return whole if whole.startswith(b"HTTP/1.1 100") or not self.left else self.left.pop(0)(whole)


def test_every_kind_of_bad_answer_in_turn(running, tmp_path):
    """The store has done what it was asked; what it says is spoilt on the way back."""
    proxy = FaultProxy(running.http_endpoint)
    proxy.spoil = Spoiler()
    done = through(proxy, running, tmp_path, 34, seconds=60, settings={"segment_ms": 3000})
    assert_nothing_lost(done)
    assert proxy.spoil.left == []
    for words in ("asks for patience", "OperationAborted", "login page", "ETag 000", "does not speak HTTP", "no longer knows"):
        assert words in done.console, words


def test_bad_answers_to_several_parts_at_once(running, tmp_path):
    proxy = FaultProxy(running.http_endpoint)
    proxy.spoil = Spoiler()
    settings = {"segment_ms": 25_000, "part_bytes": 5 << 20}
    done = through(proxy, running, tmp_path, 53, seconds=180, settings=settings, upload=AT_ONCE)
    found = (done.result.ok, done.problems, done.result.segments["pending"], done.result.frames["dropped"], proxy.spoil.left)
    assert found == (True, [], 0, {}, [])
    assert done.in_store() == done.on_card()  # an upload whose id was lost on the way back is left to the store's own rule


# -- names and time ----------------------------------------------------------------------------


def named(running: store.StoreInfo) -> dict[str, str]:
    """The store by a name that only the network's name server knows."""
    return {"endpoint": running.http_endpoint.replace("127.0.0.1", "store.test")}


def test_a_name_server_that_is_silent_costs_no_frame(running, tmp_path):
    network = {"names": {"store.test": "127.0.0.1"}, "names_fail": [[0, 20_000_000]]}
    done = Run(running, tmp_path, 35, named(running), **{**SHORT, "seconds": 30}, network=network)
    assert_nothing_lost(done)
    assert "no time from pool.ntp.org: no name server of this network answers for pool.ntp.org" in done.console
    assert done.result.segments["closed"] > 5


def test_a_name_server_that_falls_silent_is_not_missed(running, tmp_path):
    network = {"names": {"store.test": "127.0.0.1"}, "names_fail": [[9_000_000, 10**12]]}
    done = Run(running, tmp_path, 36, named(running), **SHORT, network=network)
    assert_nothing_lost(done)
    assert "error store: " not in done.console


def test_a_name_that_nobody_knows(running, tmp_path):
    done = Run(running, tmp_path, 37, named(running), **SHORT, typed=[(12.0, "status --json")])
    assert done.status()["problems"]["store"] == "the name store.test has no address here; check the endpoint"
    assert (done.result.ok, done.result.segments["stored"], done.result.frames["dropped"]) == (True, 0, {})


def test_a_clock_that_the_store_refuses_is_corrected_by_it(running, tmp_path):
    done = Run(running, tmp_path, 38, **SHORT, network={"ntp_error_ms": -7_200_000})
    assert_nothing_lost(done)
    assert done.console.count("says the store; here it was") == 1
    assert "error store: " not in done.console
    dates = [key.rsplit("/", 1)[1][:11] for key in keys_of(done)]
    assert dates == sorted(dates)


def test_a_clock_that_a_store_without_tls_refuses_is_only_said(running, tmp_path):
    change, typed = {"endpoint": running.http_endpoint}, [(12.0, "status --json")]
    done = Run(running, tmp_path, 39, change, **SHORT, typed=typed, network={"ntp_error_ms": -7_200_000})
    assert "the store refused this recorder's clock; check its time (RequestTimeTooSkewed" in done.status()["problems"]["store"]
    assert (done.result.ok, done.result.segments["stored"], done.result.frames["dropped"]) == (True, 0, {})


def keys_of(done: Run) -> list[str]:
    return [row.key for row in store.listing(done.info.folder, f"{store.PREFIX}/sim-{done.seed}/")]


# -- a store that lies -------------------------------------------------------------------------


def test_a_store_that_keeps_nothing_is_found_out_by_comparing(running, tmp_path):
    with answering(liar) as endpoint:
        done = Run(running, tmp_path, 40, {"endpoint": endpoint}, **SHORT)
    segments = done.result.segments
    assert segments["stored"] == segments["closed"] > 2 and done.in_store() == []
    report = verify(tmp_path / "card.img", store_file=running.store_file)
    missing = [f"boot 1, segment {n} is stored by the journal and not in the store" for n in range(1, segments["stored"] + 1)]
    assert (report.verdict, report.problems) == ("damaged", missing)


# -- a bad card meanwhile ----------------------------------------------------------------------


def test_wrong_bytes_from_the_card_never_end_as_stored(running, tmp_path):
    """Bits that flip while segments are read for their upload: the store refuses them, and the next try reads anew; where that is
    in vain, the segment is set aside."""
    flips = [faults.parse(f"flip#{number}") for number in range(420, 3000, 60)]
    done = Run(running, tmp_path, 41, **SHORT, faults=flips)
    aside = done.console.count("is set aside: the card gives other bytes than were recorded")
    assert "not those that were recorded; the card may be failing (BadDigest" in done.console
    assert (done.result.segments["stored"], done.result.frames["dropped"]) == (done.result.segments["closed"] - aside, {})
    assert len(done.in_store()) == done.result.segments["stored"] and set(done.in_store()) <= set(done.on_card())


def test_a_card_that_is_pulled_out_in_mid_upload(running, tmp_path):
    pulled = {"faults": [faults.parse("gone@12-14")], "bandwidth_kbps": 3000, "typed": [(11.9, "status")]}
    done = Run(running, tmp_path, 42, **{**SHORT, "seconds": 20}, **pulled)
    done.assert_all_stored()
    assert "sync      uploading segment 1/" in done.console


# -- in parts ----------------------------------------------------------------------------------


def test_a_line_that_is_cut_in_mid_part(running, tmp_path):
    chance = random.Random(43)
    proxy = FaultProxy(running.http_endpoint)
    proxy.cut("sent", [chance.randrange(1, 15_000_000) for _ in range(6)], "reset")
    done = through(proxy, running, tmp_path, 43, seconds=42, settings={"segment_ms": 40_000, "part_bytes": 5 * 1024 * 1024})
    assert_nothing_lost(done)
    assert [request.query for request in proxy.requests if request.method == "GET"], "the parts that were there were asked for"
