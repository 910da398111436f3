# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a power cut leaves of files, by the model of a file system."""

from pathlib import Path

import pytest

from sim.linux.files import Call
from sim.linux.remains import MODELS, PAGE, SECTOR, History
from sim.linux.tape import Recording, read

SEEDS = range(40)
BIG = bytes(range(1, 201)) * 100


def left(tmp_path: Path, model: str, *calls: Call, before: dict[str, bytes] | None = None) -> list[dict[str, bytes]]:
    """The files that may be there afterwards, by seed."""
    disk, into = tmp_path / "before", tmp_path / "after"
    disk.mkdir(exist_ok=True)
    for name, content in (before or {}).items():
        (disk / name).write_bytes(content)
    history, found = History(disk, calls), []
    for seed in SEEDS:
        history.leave(model, seed, into)
        found.append({str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()})
    return found


def write(file: int, data: bytes, at: int = 0) -> Call:
    return Call("write", "", file=file, at=at, data=data)


def kinds(found: list[dict[str, bytes]]) -> list[dict[str, bytes]]:
    return sorted({tuple(sorted(files.items())): files for files in found}.values(), key=lambda files: sorted(files.items()))


MADE = (Call("make", "a", file=1), write(1, b"one"))
KEPT = (*MADE, Call("sync", "a", file=1), Call("sync_folder", ""))


@pytest.mark.parametrize("model", MODELS)
def test_what_was_asked_for_is_there(tmp_path, model):
    assert kinds(left(tmp_path, model, *KEPT)) == [{"a": b"one"}]


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("nothing", [{}]),
        ("everything", [{"a": b"one"}]),
        ("ext4", [{}, {"a": b""}, {"a": b"one"}]),
        ("posix", [{}, {"a": b""}, {"a": b"\0\0\0"}, {"a": b"one"}]),
    ],
)
def test_what_nobody_asked_for(tmp_path, model, found):
    assert kinds(left(tmp_path, model, *MADE)) == found


@pytest.mark.parametrize(("model", "found"), [("nothing", [{}]), ("ext4", [{"a": b"one"}]), ("posix", [{}, {"a": b"one"}])])
def test_a_file_that_was_synced_and_its_folder_not(tmp_path, model, found):
    assert kinds(left(tmp_path, model, *KEPT[:-1])) == found


@pytest.mark.parametrize("model", MODELS)
def test_what_lies_in_a_folder_that_is_lost_is_lost_with_it(tmp_path, model):
    calls = (Call("mkdir", "sub"), Call("make", "sub/a", file=1), Call("sync_folder", "sub"), Call("sync", "sub/a", file=1))
    assert (kinds(left(tmp_path, model, *calls)) == [{"sub/a": b""}]) == (model in ("ext4", "everything"))


@pytest.mark.parametrize("model", MODELS)
def test_a_file_that_is_replaced_is_the_old_one_or_the_new_one(tmp_path, model):
    calls = (
        Call("make", "new", file=1),
        write(1, b"new"),
        Call("sync", "new", file=1),
        Call("sync_folder", ""),
        Call("rename", "new", "a"),
    )
    found = left(tmp_path, model, *calls, before={"a": b"old"})
    assert all(files in ({"a": b"old", "new": b"new"}, {"a": b"new"}) for files in found)


@pytest.mark.parametrize("model", MODELS)
def test_a_file_that_was_removed_may_be_back(tmp_path, model):
    found = left(tmp_path, model, Call("remove", "a"), before={"a": b"old"})
    assert ({"a": b"old"} in found) == (model != "everything") and ({} in found) == (model != "nothing")
    assert kinds(left(tmp_path, model, Call("remove", "a"), Call("sync_folder", ""), before={"a": b"old"})) == [{}]


def test_names_change_in_their_order_where_there_is_a_journal(tmp_path):
    calls = [Call("make", name, file=number) for number, name in enumerate("abc")]
    assert kinds(left(tmp_path, "ext4", *calls)) == [{}, dict.fromkeys("a", b""), dict.fromkeys("ab", b""), dict.fromkeys("abc", b"")]
    assert {"c": b""} in left(tmp_path, "posix", *calls)


def test_what_is_appended_ends_somewhere_or_has_holes(tmp_path):
    calls = (Call("open", "a", file=1), write(1, BIG))
    ends = left(tmp_path, "ext4", *calls, before={"a": b""})
    assert all(files["a"] == BIG[: len(files["a"])] and len(files["a"]) % PAGE in (0, len(BIG) % PAGE) for files in ends)
    holes = left(tmp_path, "posix", *calls, before={"a": b""})
    for files in holes:
        pieces = [files["a"][at : at + SECTOR] for at in range(0, len(files["a"]), SECTOR)]
        assert all(piece in (bytes(len(piece)), BIG[n * SECTOR : n * SECTOR + len(piece)]) for n, piece in enumerate(pieces))
    assert len(kinds(ends)) > 3 and len(kinds(holes)) > 30


def test_a_tape_that_a_kill_has_torn_is_read_up_to_there(tmp_path):
    path = tmp_path / "tape"
    recording = Recording(path)
    for call in KEPT:
        recording.add(call)
    whole = path.read_bytes()
    found = []
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        found.append(list(read(path)))
    assert [len(calls) for calls in found] == sorted(len(calls) for calls in found) and found[-1] == list(KEPT)
