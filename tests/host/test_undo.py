# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a power cut leaves of writes that the card had not been told to keep."""

import struct
from pathlib import Path

import pytest

from host_tools.boards import load
from host_tools.demo import BOARD
from sim.card_image import undo, unsynced
from sim.options import Options
from sim.runner import forget_unsynced

SECTOR = 512


class Card:
    """A card of eight sectors of zeros; each write leaves its old bytes in the log, as the card model does."""

    def __init__(self, folder: Path) -> None:
        self.image, self.log = folder / "card.img", folder / "undo.log"
        self.image.write_bytes(bytes(8 * SECTOR))
        self.log.write_bytes(b"")

    def write(self, sector: int, letter: str, count: int = 1) -> None:
        data = bytearray(self.image.read_bytes())
        place = slice(sector * SECTOR, (sector + count) * SECTOR)
        with self.log.open("ab") as log:
            log.write(struct.pack("<II", sector, count) + data[place])
        data[place] = letter.encode() * SECTOR * count
        self.image.write_bytes(data)

    def letters(self) -> str:
        return self.image.read_bytes()[::SECTOR].replace(b"\0", b".").decode()


@pytest.fixture
def card(tmp_path: Path) -> Card:
    card = Card(tmp_path)
    card.write(1, "a")
    card.write(1, "b", count=3)
    card.write(2, "c")
    return card


@pytest.mark.parametrize(("keep", "left"), [(0, "........"), (1, ".a......"), (2, ".bbb...."), (3, ".bcb....")])
def test_writes_are_taken_back_newest_first(card: Card, keep: int, left: str):
    assert (card.letters(), undo(card.image, card.log, keep), card.letters()) == (".bcb....", 3 - keep, left)


@pytest.mark.parametrize("tail", [b"", bytes(8), bytes(8) + b"older than the last sync" * 40, b"\1\0\0"])
def test_the_log_ends_where_it_says(card: Card, tail: bytes):
    with card.log.open("ab") as log:
        log.write(tail)
    assert [(sector, len(old) // SECTOR) for sector, old in unsynced(card.log)] == [(1, 1), (1, 3), (2, 1)]


def options(folder: Path, **more) -> Options:
    return Options(load(BOARD), Path("no.mp4"), seconds=9, out=folder, **more)


def test_a_card_keeps_nothing_unless_asked(card: Card, tmp_path: Path):
    forget_unsynced(options(tmp_path), 1)
    assert card.letters() == "........"


def test_the_seed_decides_what_it_keeps(tmp_path: Path):
    left = []
    for seed in [*range(30), *range(30)]:
        card = Card(tmp_path)
        card.write(0, "a")
        card.write(1, "b")
        forget_unsynced(options(tmp_path, keep_unsynced=True, seed=seed), 1)
        left.append(card.letters())
    assert set(left) == {"........", "a.......", "ab......"}
    assert left[:30] == left[30:]
