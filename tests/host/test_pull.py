# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments over a serial line that garbles and breaks off: what has arrived counts, and what is wrong is asked for again."""

import binascii
import hashlib
import json
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest

from host_tools.console_line import LineError
from host_tools.pull import BLOCK_BYTES, TRIES, PullError, newest, pull
from tests.host.fake_recorder import EVENT, FakeRecorder

SEGMENT = Random(5).randbytes(2 * BLOCK_BYTES + 1000)
NAME = "bench-7-000012-000003.mcap"


class Card:
    """Answers `segments get`; `garbled` blocks go wrong, and nothing comes after `most` of them."""

    def __init__(self, garbled: int = 0, most: int = 99, data: bytes = SEGMENT) -> None:
        self.offsets: list[int] = []
        self._garbled, self._most, self._data = garbled, most, data

    def __call__(self, line: str) -> str | None:
        command, *words = line.split()[:-1]
        if command == "status":
            return '{"ok": true, "device": "bench-7"}\n'
        about = {"ok": True, "boot": 12, "segment": 3, "state": "closed", "size": len(self._data)}
        about["sha256"] = hashlib.sha256(SEGMENT).hexdigest()
        return self._block(about, *map(int, words[2:])) if words[2:] else json.dumps(about) + "\n"

    def _block(self, about: dict, offset: int, length: int) -> str | None:
        if len(self.offsets) == self._most:
            return None
        self.offsets.append(offset)
        block = self._data[offset : offset + length]
        about |= {"offset": offset, "length": len(block), "crc32": f"{binascii.crc32(block):08x}"}
        rows = [b64encode(block[at : at + 1536]).decode() for at in range(0, length, 1536)]
        if self._garbled:
            self._garbled -= 1
            rows[1] = rows[1][:-1]
        return "\n".join([*rows[:3], EVENT, *rows[3:], json.dumps(about)]) + "\n"


def test_blocks_that_were_garbled_are_asked_for_again(tmp_path: Path):
    card = Card(garbled=TRIES - 1)
    done = pull(FakeRecorder(card).console(), "12/3", tmp_path)
    assert [(tmp_path / NAME).read_bytes() == SEGMENT, done.size, card.offsets] == [
        True,
        len(SEGMENT),
        [0] * TRIES + [BLOCK_BYTES, 2 * BLOCK_BYTES],
    ]


def test_what_was_broken_off_goes_on(tmp_path: Path):
    with pytest.raises(LineError):
        pull(FakeRecorder(Card(most=1)).console(), "12/3", tmp_path)
    left = [file.name for file in tmp_path.iterdir()]
    card, arrived = Card(), []
    pull(FakeRecorder(card).console(), "12/3", tmp_path, arrived.append)
    pull(FakeRecorder(card).console(), "12/3", tmp_path)
    assert [left, card.offsets, sum(arrived)] == [[NAME + ".part"], [BLOCK_BYTES, 2 * BLOCK_BYTES], len(SEGMENT)]
    assert [(file.name, file.read_bytes() == SEGMENT) for file in tmp_path.iterdir()] == [(NAME, True)]


@pytest.mark.parametrize("card", [Card(garbled=TRIES), Card(data=bytes(len(SEGMENT)))], ids=["cable", "card"])
def test_what_is_not_what_was_recorded_is_not_kept(tmp_path: Path, card: Card):
    with pytest.raises(PullError):
        pull(FakeRecorder(card).console(), "12/3", tmp_path)
    assert not (tmp_path / NAME).exists()


def test_the_newest_that_are_whole():
    rows = [{"boot": 1, "segment": number, "state": state} for number, state in [(1, "stored"), (2, "closed"), (3, "stored"), (4, "open")]]
    answer = json.dumps({"ok": True, "segments": rows}) + "\n"
    assert newest(FakeRecorder({"segments 3 --json": answer}).console(), 2) == ["1/2", "1/3"]
