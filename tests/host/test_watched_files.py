# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which calls on files are heard of, in a process of their own: the ones of this one stay as they are."""

import subprocess
import sys
from pathlib import Path

import pytest

from sim.linux.tape import read

BEGIN = """
import os, sys
from pathlib import Path
from firmware import durable, files
from sim.linux.files import Files
from sim.linux.tape import Recording
root = Path(sys.argv[1])
Files(root, ("card",), lambda call: None, Recording(root / "tape").add).install()
card = str(root / "card")
"""
KNOWN = """
files.make_folder(card + "/sub")
with durable.open(card + "/sub/a", "w+b") as file:
    file.write(b"one")
with durable.open(card + "/sub/a", "ab") as file:
    file.write(b"two")
with durable.open(card + "/sub/a", "r+b") as file:
    file.seek(2)
    file.write(b"x")
with durable.open(card + "/sub/a", "rb") as file:
    assert file.read() == b"onxtwo"
os.rename(card + "/sub/a", card + "/sub/b")
os.remove(card + "/sub/b")
os.rmdir(card + "/sub")
(root / "elsewhere").write_text("nobody's business")
"""
UNKNOWN = {
    "open": "open(card + '/a', 'w')",
    "os.rename": "os.replace(card + '/there', card + '/a')",
    "os.remove": "os.unlink(card + '/there')",
    "os.truncate": "os.truncate(card + '/there', 0)",
    "os.link": "os.link(card + '/there', card + '/a')",
}


def done(root: Path, script: str) -> "subprocess.CompletedProcess[str]":
    (root / "card").mkdir()
    (root / "card" / "there").write_text("before")
    return subprocess.run([sys.executable, "-c", BEGIN + script, str(root)], capture_output=True, text=True)


def test_each_change_is_on_tape_in_its_order(tmp_path):
    assert done(tmp_path, KNOWN).stderr == ""
    calls = [(call.name, call.path.removeprefix("card/"), call.at, call.data) for call in read(tmp_path / "tape")]
    kept = [("sync", "sub/a", 0, b""), ("sync_folder", "sub", 0, b"")]
    assert calls == [
        *[("mkdir", "sub", 0, b""), ("sync_folder", "card", 0, b"")],
        *[("make", "sub/a", 0, b""), ("write", "sub/a", 0, b"one"), *kept],
        *[("open", "sub/a", 0, b""), ("write", "sub/a", 3, b"two"), *kept],
        *[("open", "sub/a", 0, b""), ("write", "sub/a", 2, b"x"), *kept],
        *[("rename", "sub/a", 0, b""), ("remove", "sub/b", 0, b""), ("rmdir", "sub", 0, b"")],
    ]


@pytest.mark.parametrize("event", UNKNOWN)
def test_a_change_that_nobody_would_hear_of_is_an_error(tmp_path, event: str):
    assert f"RuntimeError: {event} of " in done(tmp_path, UNKNOWN[event]).stderr
