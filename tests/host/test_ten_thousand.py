# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Ten thousand segments on the card: recording begins as soon as ever, and nothing gets slower or larger."""

import json
from pathlib import Path
from typing import Any

import pytest
from full_card import INDEXED, fill

from host_tools.boards import load
from host_tools.card_journal import read_journal
from host_tools.demo import BOARD, clip
from host_tools.sources import open_source
from sim import card_image, runner
from sim.options import Options

SEGMENTS = 10_000
CARD_MB = 2200
INDEX_BYTES = 17  # a segment


def boot(folder: Path, segments: int, then: str = INDEXED, seconds: float = 10) -> tuple[float, dict[str, Any]]:
    """(seconds from power-on until a frame is durable, the heap) of a board with that card."""
    chosen = Options(board=load(BOARD), video=clip(), seconds=seconds, out=folder, card_mb=CARD_MB)
    world = runner.prepare(chosen)
    if segments:
        fill(folder / "card.img", segments, then=then)
    history = runner.play(chosen, world)
    trace = [json.loads(line) for line in (folder / "trace.jsonl").read_text().splitlines()]
    assert [end.reason for end in history.ends] == ["deep_sleep"], (folder / "console.log").read_text()
    camera_us = next(row["us"] for row in trace if row["what"] == "camera_on")
    return next(row["us"] for row in trace if row["what"] == "card_sync" and row["us"] > camera_us) / 1e6, history.ends[-1].details["heap"]


def test_a_boot_takes_no_longer_and_the_index_is_all_that_grows(tmp_path: Path):
    empty_s, empty_heap = boot(tmp_path / "empty", 0)
    full_s, full_heap = boot(tmp_path / "full", SEGMENTS)
    assert full_s <= 3 * empty_s, f"{full_s:.2f} s with {SEGMENTS} segments, {empty_s:.2f} s with none"
    assert full_heap["peak"] - empty_heap["peak"] <= 2 * INDEX_BYTES * SEGMENTS


LOSE = """
import os
loaded().close()
for name in os.listdir("/sd/daylog/{0}"):
    os.remove("/sd/daylog/{0}/" + name)
"""


@pytest.mark.parametrize(("lost", "limit_s"), [("index", 25), ("journal", 10)])
def test_recording_begins_in_seconds_whatever_is_lost(tmp_path: Path, lost: str, limit_s: float):
    """All copies of the index: then the journal is read from its beginning. All of the journal: then the files are looked for."""
    taken_s, _ = boot(tmp_path, SEGMENTS, LOSE.format(lost), seconds=30)
    assert taken_s <= limit_s


COST = """
store = loaded()
for _ in range({marked}):
    store.mark_stored(store.next_pending(), "etag")
store.next_pending()
before = image.reads
info = store.next_pending()
print(image.reads - before, info.boot, info.segment)
store.close()
"""


def test_the_next_segment_to_upload_is_found_as_fast_in_a_backlog_of_1000_as_of_10(tmp_path: Path):
    found = []
    for name, segments, marked in (("short", 100, 0), ("long", SEGMENTS, 0), ("late", SEGMENTS, 990)):
        card_image.make(tmp_path / name, CARD_MB)
        found.append([int(word) for word in fill(tmp_path / name, segments, then=COST.format(marked=marked)).split()])
    short, long, late = found
    assert (short, late[1:]) == (long, [100, 1])
    assert late[0] <= 32, "sectors read; most are the way through the folder of 100 boots, twice"


def test_the_host_reads_such_a_card(tmp_path: Path):
    card_image.make(tmp_path / "card.img", CARD_MB)
    fill(tmp_path / "card.img", 1000)
    with open_source(tmp_path / "card.img") as source:
        records = read_journal(source)
    assert (len(records), sum(record.stored for record in records.values())) == (1000, 900)
