# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""On CPython: when the disk is asked to keep a file, and when the folder that names it."""

import os

import pytest

from firmware import durable
from firmware.files import make_folder


@pytest.fixture
def kept(monkeypatch):
    """Names of what the disk was asked to keep, in order."""
    calls = []
    monkeypatch.setattr(os, "fsync", lambda fd: calls.append(os.path.basename(os.readlink(f"/proc/self/fd/{fd}"))))
    return calls


def test_a_new_file_is_kept_with_its_name_at_the_first_flush(tmp_path, kept):
    file = durable.open(f"{tmp_path}/a", "w+b")
    found = [list(kept)]
    for _ in range(2):
        file.write(b"x")
        file.flush()
        found.append(list(kept))
    assert found == [[], ["a", tmp_path.name], ["a", tmp_path.name, "a"]]


def test_closing_keeps_too(tmp_path, kept):
    with durable.open(f"{tmp_path}/a", "ab") as file:
        file.write(b"x")
    assert (kept, (tmp_path / "a").read_bytes()) == (["a", tmp_path.name], b"x")


def test_reading_asks_for_nothing(tmp_path, kept):
    (tmp_path / "a").write_bytes(b"abc")
    with durable.open(f"{tmp_path}/a", "rb") as file:
        assert (file.read(), kept) == (b"abc", [])


def test_a_folder_is_kept_in_the_one_above(tmp_path, kept):
    make_folder(f"{tmp_path}/sub")
    assert kept == [tmp_path.name]


def test_a_disk_that_cannot_keep_it_is_heard_and_the_file_is_closed(tmp_path, monkeypatch):
    def refuse(fd):
        raise OSError(5, "no")

    file = durable.open(f"{tmp_path}/a", "wb")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError):
        file.close()
    assert file.closed
