# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a card's journal calls stored, against what the store lists."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from host_tools import audit
from host_tools.card_journal import Record
from host_tools.sources import Source, StoredFile

SHA = "0123456789abcdef" * 4
KEY = "p/rec/2026/11/23/20261123T120000Z-000001-000002-0123456789abcdef.mcap"


@pytest.fixture
def judge(tmp_path, monkeypatch):
    """What is missed of one segment, 1/2 of 500 bytes, when the store lists these (key, size)."""
    store_file = tmp_path / "store.json"
    store_file.write_text(json.dumps({"bucket": "b", "prefix": "p"}))

    def judge(record: Record, *listed: tuple[str, int]) -> int:
        @contextmanager
        def listing(where: str, store: Path):
            assert (where, store) == ("s3://b/p", store_file)
            yield Source(where, "store", [StoredFile(key, size, lambda: pytest.fail("nothing is downloaded")) for key, size in listed])

        monkeypatch.setattr(audit, "open_source", listing)
        return len(list(audit.missing({(1, 2): record}, store_file)))

    return judge


@pytest.mark.parametrize(
    ("listed", "missed"),
    [
        ([(KEY, 500)], 0),
        ([], 1),
        ([(KEY, 499)], 1),
        ([(KEY.replace("-000002-", "-000003-"), 500)], 1),
        ([(KEY.replace("abcdef.", "abcdee."), 500)], 1),
    ],
)
def test_number_size_and_hash_must_agree(judge, listed, missed):
    assert judge(Record("stored", 500, SHA, stored=True), *listed) == missed


def test_a_segment_that_was_reclaimed_must_be_there_too(judge):
    assert judge(Record("reclaimed", 500, SHA, stored=True)) == 1


def test_what_was_never_called_stored_is_not_missed(judge):
    assert judge(Record("closed", 500, SHA)) == 0


def test_without_a_hash_number_and_size_must_do(judge):
    assert [judge(Record("stored", size, "", stored=True), (KEY, 500)) for size in (500, 501)] == [0, 1]
