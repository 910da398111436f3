# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The firmware's S3 client, on MicroPython mostly, against real SeaweedFS, over TLS and without."""

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from host_tools import certificates, cli, store
from host_tools.sources import read_store_file

ROOT = Path(__file__).resolve().parent.parent.parent
PART = 5 * 1024 * 1024  # the smallest a store accepts but for the last


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


@pytest.fixture
def settings(running: store.StoreInfo) -> dict:
    """What a recorder is provisioned with."""
    found = read_store_file(running.store_file)
    return {**found, "ca_pem": Path(found["ca_file"]).read_text()}


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mcap"
    path.write_bytes(random.Random(path.name).randbytes(3 * PART + 12345))
    return path


MICROPYTHON = [os.environ.get("DAYLOG_MICROPYTHON") or str(Path(sys.executable).with_name("micropython")), "-X", "heapsize=32M"]
CPYTHON = [sys.executable]


def drive(settings: dict, do: str, key: str, file: Path, part_bytes: int = PART, exit_code: int = 0, on=MICROPYTHON, **extra) -> list[dict]:
    """Run the client on an interpreter; returns every line it printed."""
    job = {"settings": settings, "do": do, "key": f"recorders/{key}", "file": str(file), "part_bytes": part_bytes, **extra}
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests/host')!r}]; import s3_driver"
    done = subprocess.run([*on, "-c", code], input=json.dumps(job) + "\n", capture_output=True, text=True, timeout=120)
    assert done.returncode == exit_code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(running: store.StoreInfo, key: str) -> bytes:
    return store.owner_client(running.folder).get_object(Bucket=store.BUCKET, Key=f"recorders/{key}")["Body"].read()


def test_the_same_client_on_cpython(running, settings, footage, tmp_path):
    assert drive(settings, "multipart", "cpython", footage, on=CPYTHON)[-1]["ok"].endswith("-4")
    assert stored(running, "cpython") == footage.read_bytes()
    assert drive({**settings, "secret_key": "wrong"}, "put", "cpython-no", footage, on=CPYTHON, part_bytes=1 << 30)[0]["kind"] == "auth"
    certificates.make_authority(tmp_path)
    (answer,) = drive({**settings, "ca_pem": (tmp_path / "ca.pem").read_text()}, "put", "cpython-ca", footage, on=CPYTHON)
    assert (answer["kind"], "refused" in answer["text"]) == ("tls", True), answer


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_one_put(running, settings, footage, scheme):
    settings["endpoint"] = running.endpoint if scheme == "https" else running.http_endpoint
    answer = drive(settings, "put", f"put-{scheme}", footage, part_bytes=1 << 30)
    data = footage.read_bytes()
    assert answer == [{"ok": hashlib.md5(data).hexdigest()}]
    assert stored(running, f"put-{scheme}") == data
    head = store.owner_client(running.folder).head_object(Bucket=store.BUCKET, Key=f"recorders/put-{scheme}")
    assert head["Metadata"] == {"sha256": hashlib.sha256(data).hexdigest()}


def test_what_exists_is_never_overwritten(running, settings, footage, tmp_path):
    small = tmp_path / "small"
    small.write_bytes(b"the first")
    drive(settings, "put", "once", small)
    small.write_bytes(b"the second")
    assert drive(settings, "put", "once", small)[0]["kind"] == "exists"
    assert drive(settings, "multipart", "once", footage)[-1]["kind"] == "exists"
    assert stored(running, "once") == b"the first"


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_multipart(running, settings, footage, scheme):
    settings["endpoint"] = running.endpoint if scheme == "https" else running.http_endpoint
    etag = drive(settings, "multipart", f"parts-{scheme}", footage)[-1]["ok"]
    assert etag.endswith("-4")
    assert stored(running, f"parts-{scheme}") == footage.read_bytes()


def test_an_upload_goes_on_where_the_power_was_cut(running, settings, footage):
    first = drive(settings, "multipart", "cut", footage, die_at=3, exit_code=9)
    upload_id = first[0]["upload_id"]
    parts = store.owner_client(running.folder).list_parts(Bucket=store.BUCKET, Key="recorders/cut", UploadId=upload_id)["Parts"]
    assert [part["PartNumber"] for part in parts] == [1, 2]
    second = drive(settings, "multipart", "cut", footage, upload_id=upload_id)
    assert [line["sending"] for line in second if "sending" in line] == [3, 4]
    assert stored(running, "cut") == footage.read_bytes()


def test_an_upload_goes_on_after_the_store_was_killed(running, settings, footage):
    upload_id = drive(settings, "multipart", "killed", footage, die_at=2, exit_code=9)[0]["upload_id"]
    store.kill(running.folder)
    assert drive(settings, "multipart", "killed", footage, upload_id=upload_id)[-1]["kind"] == "connect"
    store.up(running.folder)
    again = drive(settings, "multipart", "killed", footage, upload_id=upload_id)
    assert [line["sending"] for line in again if "sending" in line] == [2, 3, 4]
    assert stored(running, "killed") == footage.read_bytes()


def test_completing_again_after_a_lost_reply_finds_the_object(settings, footage):
    answer = drive(settings, "multipart", "twice", footage, twice=True)[-1]["ok"]
    assert answer[0].endswith("-4") and answer[1] == answer[0]


def test_a_write_only_key_cannot_read_delete_or_list(running, settings, footage):
    drive(settings, "put", "mine", footage, part_bytes=1 << 30)
    assert drive(settings, "forbidden", "mine", footage) == [{"ok": [403, 403, 403]}]
    assert stored(running, "mine") == footage.read_bytes()
    assert drive({**settings, "prefix": ""}, "put", "../elsewhere", footage)[0]["kind"] in ("auth", "segment")


@pytest.mark.parametrize(
    ("change", "extra", "kind", "words"),
    [
        ({"secret_key": "wrong"}, {}, "auth", "check access_key, secret_key"),
        ({"access_key": "AKIANOBODY"}, {}, "auth", "check access_key, secret_key"),
        ({"bucket": "nowhere"}, {}, "auth", "what the key may do"),
        ({}, {"clock_off_s": 1200}, "clock", "check its time"),
        ({}, {"md5": "wrong"}, "digest", "the card may be failing"),
        ({"endpoint": "https://127.0.0.1:1"}, {}, "connect", "is the store up"),
        ({"endpoint": "https://no-such-host.invalid"}, {}, "dns", "has named no name server; check the endpoint"),
        ({"ca_pem": ""}, {}, "tls", "no certificate authority"),
    ],
)
def test_refusals_are_put_into_words(settings, footage, change, extra, kind, words):
    (answer,) = drive({**settings, **change}, "put", f"refused-{kind}", footage, part_bytes=1 << 30, **extra)
    assert (answer["kind"], words in answer["text"]) == (kind, True), answer


def test_another_authority_is_not_trusted(settings, footage, tmp_path):
    certificates.make_authority(tmp_path)
    (answer,) = drive({**settings, "ca_pem": (tmp_path / "ca.pem").read_text()}, "put", "wrong-ca", footage)
    assert answer["kind"] == "tls"
    assert "not correctly signed by the trusted CA" in answer["text"]


def test_an_expired_certificate_is_refused(running, settings, footage):
    now = datetime.now(timezone.utc)
    try:
        certificates.issue(running.folder, now - timedelta(days=9), now - timedelta(days=2))
        store.kill(running.folder)
        store.up(running.folder)
        (answer,) = drive(settings, "put", "expired", footage)
    finally:
        certificates.issue(running.folder)
        store.kill(running.folder)
        store.up(running.folder)
    assert answer["kind"] == "tls"
    assert "expired" in answer["text"]


class LoginPage(BaseHTTPRequestHandler):
    """What a hotel's network answers."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><html><body>Welcome! Please log in.</body></html>")

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_login_page_is_not_a_success(settings, tmp_path):
    (tmp_path / "small").write_bytes(b"footage")
    server = HTTPServer(("127.0.0.1", 0), LoginPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (answer,) = drive({**settings, "endpoint": f"http://127.0.0.1:{server.server_port}"}, "put", "html", tmp_path / "small")
    server.shutdown()
    assert answer["kind"] == "not_s3"
    assert "login page" in answer["text"]


def test_the_command_lists_and_stops(running, capsys):
    store.owner_client(running.folder).put_object(Bucket=store.BUCKET, Key="recorders/listed", Body=b"12345")
    assert cli.main(["store", "ls", "--dir", str(running.folder), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"key": "recorders/listed", "size": 5} in [{name: row[name] for name in ("key", "size")} for row in listed]


def test_secrets_are_for_their_owner_only(running):
    assert {path.name: oct(path.stat().st_mode)[-3:] for path in running.folder.glob("*.json")} == {
        "store.json": "600",
        "owner.json": "600",
        "state.json": "600",
    }
