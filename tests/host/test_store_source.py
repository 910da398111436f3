# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Footage read back from a real SeaweedFS over TLS."""

import json
from collections.abc import Iterator

import pytest
from recordings import Segment, frames, gap, jpeg, truth_rows, write_truth

from host_tools import cli, store
from host_tools.footage import load
from host_tools.sources import open_source
from host_tools.verify import Report, verify

PREFIX = f"s3://{store.BUCKET}/{store.PREFIX}"
DAY = f"{store.PREFIX}/daylog-test/2026/09/21"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    client = store.owner_client(info.folder)
    segments = [Segment(frames(1, 10)), Segment([*frames(11, 15), gap("overflow", 2, 1500, 1800), *frames(18, 20)], number=2)]
    for segment in segments:
        key = f"{DAY}/20260921T141320Z-{segment.boot:06d}-{segment.number:06d}-0123456789abcdef.mcap"
        client.put_object(Bucket=store.BUCKET, Key=key, Body=segment.encode())
    yield info
    store.down(info.folder)


@pytest.mark.parametrize("where", [PREFIX, f"{PREFIX}/daylog-test/", f"s3://{store.BUCKET}"])
def test_footage_comes_back_from_the_store(running, where):
    with open_source(where, running.owner_file) as source:
        pictures = [(picture.sequence, picture.data) for picture in load(source).pictures()]
    assert pictures == [(n, jpeg(1000 + n)) for n in [*range(1, 16), *range(18, 21)]]


def test_a_store_is_verified_like_a_card(running, tmp_path):
    rows = [*truth_rows(range(1, 16)), *truth_rows([16, 17], fate="dropped:overflow"), *truth_rows(range(18, 21))]
    report = verify(PREFIX, running.owner_file, write_truth(tmp_path / "truth.jsonl", rows))
    told = {"boot": 1, "cause": "overflow", "frames": 2, "from_uptime_ms": 1500, "to_uptime_ms": 1800, "text": "", "stream": ""}
    assert report == Report("lossy", 2, 18, 2.0, [told], dates=report.dates)


def test_the_recorders_store_file_leads_to_the_owners(running, capsys):
    assert cli.main(["verify", PREFIX, "--store", str(running.store_file), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["frames"] == 18


def test_export_and_recover_read_the_store_too(running, tmp_path):
    options = ["--store", str(running.owner_file), "-o"]
    assert cli.main(["export", PREFIX, "--copy", *options, str(tmp_path / "film.mkv")]) == 0
    assert cli.main(["recover", PREFIX, *options, str(tmp_path / "out")]) == 0
    assert verify(tmp_path / "out").frames == 18


@pytest.mark.parametrize(
    ("where", "change", "says"),
    [
        ("s3://daylog/nobody", {}, "holds no segments"),
        ("s3://nowhere/recorders", {}, "the name of the bucket"),
        (PREFIX, {"secret_key": "wrong"}, "does --store name its store file"),
        (PREFIX, {"endpoint": "https://127.0.0.1:1"}, "is the store up"),
        (PREFIX, {"ca_file": None}, "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_what_goes_wrong_is_said_in_words(running, tmp_path, capsys, where, change, says):
    (tmp_path / "store.json").write_text(json.dumps(json.loads(running.owner_file.read_text()) | change))
    assert cli.main(["verify", where, "--store", str(tmp_path / "store.json")]) == 1
    assert says in capsys.readouterr().err


def test_a_write_only_key_alone_is_told_what_it_lacks(running, tmp_path, capsys):
    (tmp_path / "store.json").write_text(running.store_file.read_text())
    assert cli.main(["verify", PREFIX, "--store", str(tmp_path / "store.json")]) == 1
    assert "a recorder's key cannot read" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "no json", "[]"])
def test_a_store_file_that_is_none(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "store.json").write_text(content)
    assert cli.main(["verify", PREFIX, "--store", str(tmp_path / "store.json")]) == 1
    assert "store file" in capsys.readouterr().err
