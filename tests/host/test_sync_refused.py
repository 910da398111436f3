# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a store can refuse: said on the console and in `status`; nothing deleted, recording unaffected."""

import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from bad_stores import always, answering
from synced_run import Run, frames

from host_tools import certificates, store


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


def assert_refused(done: Run, words: str) -> None:
    """Said on the console and in `status`; nothing deleted, nothing lost, everything pending."""
    said = done.status()
    assert words in said["problems"]["store"]
    assert re.search(rf"error store: .*{re.escape(words)}", done.console), done.console
    assert re.search(rf"PROBLEM store: .*{re.escape(words)}", done.console), done.console
    assert re.search(rf"warn sync: given up; what is not stored stays on the card: .*{re.escape(words)}", done.console), done.console
    assert (done.result.ok, done.problems, done.result.frames["dropped"]) == (True, [], {})
    segments = done.result.segments
    assert (segments["stored"], segments["pending"], segments["closed"]) == (0, len(done.on_card()), len(done.on_card()))
    assert [digest for data in done.on_card() for digest in frames(data)] == done.recorded()
    assert (said["state"], done.in_store()) == ("recording", [])


def refused_run(running: store.StoreInfo, out: Path, seed: int, change: dict[str, Any] | None = None, **more: Any) -> Run:
    typed = [(20.0, "status"), (21.0, "status --json")]
    return Run(running, out, seed, change, seconds=25, settings={"segment_ms": 8000}, typed=typed, **more)


def test_a_wrong_secret(running, tmp_path):
    assert_refused(refused_run(running, tmp_path, 10, {"secret_key": "wrong"}), "refused this recorder's key; check access_key, secret_key")


def test_another_authority(running, tmp_path):
    certificates.make_authority(tmp_path)
    done = refused_run(running, tmp_path / "run", 11, {"ca_file": str(tmp_path / "ca.pem")})
    assert_refused(done, "not correctly signed by the trusted CA; check ca_pem in the store's settings and the clock")


def test_nobody_there(running, tmp_path):
    assert_refused(refused_run(running, tmp_path, 12, {"endpoint": "https://127.0.0.1:1"}), "is the store up and the port right?")


def test_a_login_page(running, tmp_path):
    with answering(always(200, b"<!DOCTYPE html><html><body>Welcome! Please log in.</body></html>")) as endpoint:
        done = refused_run(running, tmp_path, 13, {"endpoint": endpoint})
    assert_refused(done, "no S3 store; is it this network's login page, or the wrong endpoint? (HTTP 200)")


def test_a_login_page_elsewhere(running, tmp_path):
    with answering(always(302, b"<html/>", location="http://login.example/")) as endpoint:
        done = refused_run(running, tmp_path, 17, {"endpoint": endpoint})
    assert_refused(done, "or the wrong endpoint? (HTTP 302: location http://login.example/)")


def test_another_region(running, tmp_path):
    """The secret goes nowhere but where the settings say."""
    moved = b"<?xml version='1.0'?><Error><Code>PermanentRedirect</Code><Message>use it</Message></Error>"
    with answering(always(301, moved, **{"x-amz-bucket-region": "eu-7"})) as endpoint:
        done = refused_run(running, tmp_path, 18, {"endpoint": endpoint})
    assert_refused(done, "check region and endpoint (PermanentRedirect: use it: x-amz-bucket-region eu-7)")


def test_a_quota_that_a_store_names(running, tmp_path):
    """As Ceph's S3 does; SeaweedFS does not, see below."""
    full = b"<?xml version='1.0'?><Error><Code>QuotaExceeded</Code><BucketName>daylog</BucketName></Error>"
    with answering(always(403, full)) as endpoint:
        done = refused_run(running, tmp_path, 14, {"endpoint": endpoint})
    assert_refused(done, "the store is full or this bucket's quota is used up; make room there")


def weed_shell(info: store.StoreInfo, *commands: str) -> str:
    ports = json.loads((info.folder / "state.json").read_text())["ports"]
    servers = [f"-{name}=127.0.0.1:{ports[f'{name}.port']}.{ports[f'{name}.port.grpc']}" for name in ("master", "filer")]
    typed = "\n".join(["lock", *commands, "unlock", ""])
    weed = str(Path(sys.executable).with_name("weed"))
    return subprocess.run([weed, "shell", *servers], input=typed, capture_output=True, text=True, timeout=60, check=True).stdout


def test_a_real_quota(running, tmp_path):
    """SeaweedFS answers InternalError to whoever is over it, so the words must cover that."""
    client = store.owner_client(running.folder)
    client.put_object(Bucket=store.BUCKET, Key="much", Body=bytes(2 << 20))
    try:
        weed_shell(running, f"s3.bucket.quota -name={store.BUCKET} -op=set -sizeMB=1")
        deadline = time.monotonic() + 30  # its volumes tell of their sizes only now and then
        while "to read only" not in weed_shell(running, "s3.bucket.quota.enforce -apply"):
            assert time.monotonic() < deadline
        done = refused_run(running, tmp_path, 15)
    finally:
        weed_shell(running, f"s3.bucket.quota -name={store.BUCKET} -op=remove", "s3.bucket.quota.enforce -apply")
    assert_refused(done, "full or over a quota: check there (InternalError")


@pytest.mark.parametrize(
    ("from_day", "to_day", "name", "words"),
    [(-9, -2, "127.0.0.1", "expired"), (2, 9, "127.0.0.1", "starts in the future"), (-9, 9, "store.test", "does not match")],
)
def test_a_certificate_that_is_not_good(running, tmp_path, from_day, to_day, name, words):
    now = datetime.now(timezone.utc)
    certificates.make_authority(tmp_path)
    certificates.issue(tmp_path, now + timedelta(days=from_day), now + timedelta(days=to_day))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / certificates.SERVER_FILE, tmp_path / certificates.SERVER_KEY_FILE)
    with answering(always(200, b""), context) as endpoint:
        change = {"endpoint": endpoint.replace("127.0.0.1", name), "ca_file": str(tmp_path / certificates.CA_FILE)}
        done = refused_run(running, tmp_path / "run", 16, change, network={"names": {"store.test": "127.0.0.1"}})
    assert_refused(done, "check ca_pem in the store's settings and the clock, and whether this network wants a login first")
    assert words in done.status()["problems"]["store"], done.status()["problems"]
