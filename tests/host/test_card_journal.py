# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cards written by the firmware's own code: read, verified and recovered by the host's."""

from pathlib import Path

import pytest
from fat_images import image_of_folder
from firmware_cards import DEVICE, Card
from recordings import Segment, frames, gap, jpeg, json_row, truth_rows, write_truth

from host_tools.card_journal import read_journal
from host_tools.footage import load
from host_tools.recover import recover
from host_tools.sources import open_source
from host_tools.timeline import lay_out
from host_tools.verify import verify


@pytest.fixture
def card(tmp_path) -> Card:
    return Card(tmp_path / "card")


def path_of(card: Card, boot: int, segment: int) -> Path:
    return Path(card.store.path(boot, segment))


def verdict_of(card: Card) -> tuple[str, list[str]]:
    report = verify(card.root)
    return report.verdict, report.problems


def test_the_firmwares_segments_are_read_as_they_were_written(card):
    card.record([*frames(1, 10), gap("overflow", 2, 1000, 1300), *frames(13, 15)])
    card.record(frames(16, 20), offset_ms=1_790_000_000_000)
    with open_source(card.root) as source:
        footage = load(source)
        pictures = [(p.sequence, p.uptime_ns // 1_000_000, p.data) for p in footage.pictures()]
    assert pictures == [(n, n * 100, jpeg(1000 + n)) for n in [*range(1, 11), *range(13, 21)]]
    assert (footage.devices, lay_out(footage).utc_start_ns) == ([DEVICE], 1_790_000_000_100 * 1_000_000)
    assert verdict_of(card) == ("lossy", [])


def test_a_card_agrees_with_its_journal_in_every_state(card):
    numbers = [card.record(frames(1 + 10 * n, 10 + 10 * n)) for n in range(3)]
    card.mark_stored(numbers[0])
    with open_source(card.root) as source:
        assert {key: record.state for key, record in read_journal(source).items()} == {(1, 1): "stored", (1, 2): "closed", (1, 3): "closed"}
    assert verdict_of(card) == ("lossless", [])


def test_an_image_agrees_with_its_journal(card, tmp_path):
    card.record(frames(1, 10))
    card.record(frames(11, 14), closed=False)
    image = image_of_folder(tmp_path / "card.img", card.root)
    assert verify(image) == verify(card.root)
    assert verify(image).verdict == "lossy"


def test_what_was_moved_to_the_store_is_not_missing(card):
    numbers = [card.record(frames(1 + 10 * n, 10 + 10 * n)) for n in range(4)]
    card.mark_stored(numbers[1])
    card.reclaim()
    assert not path_of(card, 1, 2).exists()
    assert verdict_of(card) == ("lossless", [])
    card.mark_stored(numbers[0])
    card.reclaim()
    assert verdict_of(card) == ("lossless", [])


def test_a_segment_that_vanished_is_missed_twice(card):
    for n in range(3):
        card.record(frames(1 + 10 * n, 10 + 10 * n))
    path_of(card, 1, 2).unlink()
    says = ["boot 1: 10 frames missing after frame 10 and no gap says why"]
    says.append("boot 1, segment 2 is closed by the journal and not on the card")
    assert verdict_of(card) == ("damaged", says)


def test_a_byte_changed_outside_every_crc_is_seen(card):
    card.record(frames(1, 10))
    path = path_of(card, 1, 1)
    data = bytearray(path.read_bytes())
    data[data.index(b"DAYLOGCK") - 10] ^= 1  # the padding before the first chunk
    path.write_bytes(data)
    assert verdict_of(card) == ("damaged", ["boot 1, segment 1 does not have the SHA-256 that the journal says"])


def test_a_file_that_the_journal_does_not_know(card):
    card.record(frames(1, 10))
    Segment(frames(1, 10, boot=2), boot=2, device=DEVICE).write(card.root)
    assert verdict_of(card) == ("damaged", ["boot 2, segment 1 is on the card and not in the journal"])


def test_a_torn_journal_record_is_a_change_that_did_not_happen(card):
    card.record(frames(1, 10))
    card.store.close()
    [journal] = card.root.glob("daylog/journal/*.jnl")
    journal.write_bytes(journal.read_bytes()[:-100])
    with open_source(card.root) as source:
        assert [record.state for record in read_journal(source).values()] == ["open"]
    assert verdict_of(card) == ("lossless", [])


def test_a_cut_leaves_a_card_that_is_lossy_before_and_after_recovery(card):
    card.record(frames(1, 10))
    card.record(frames(11, 20), closed=False)
    before = verify(card.root)
    card.cut_power()
    card.record(frames(1, 10, boot=2))
    after = verify(card.root)
    told = [[(g["boot"], g["cause"], g["frames"], g["from_uptime_ms"]) for g in report.gaps] for report in (before, after)]
    assert (before.verdict, after.verdict, before.problems, after.problems) == ("lossy", "lossy", [], [])
    assert told == [[(1, "not_closed", None, 2000)], [(1, "power_on", None, 2000)]]
    assert after.frames == 30


def test_a_segment_given_up_inside_a_boot_explains_only_what_follows_it(card):
    card.record(frames(1, 10), closed=False)
    told = [gap("card_error", None, 1000, 1400), *frames(14, 20)]
    card.record(told)
    card.record(frames(31, 40))
    card.cut_power()
    assert verdict_of(card) == ("damaged", ["boot 1: 10 frames missing after frame 20 and no gap says why"])


def test_recovery_on_the_host_and_on_the_device_keep_the_same_frames(card, tmp_path):
    card.record(frames(1, 23), closed=False)
    path = path_of(card, 1, 1)
    path.write_bytes(path.read_bytes()[:-900])
    recover(card.root, tmp_path / "out")
    card.cut_power()
    reports = [verify(where) for where in (tmp_path / "out", card.root)]
    assert [(r.verdict, r.frames, r.duration_s, r.problems) for r in reports] == [("lossy", 20, 2.0, [])] * 2


def test_a_segment_that_was_cut_before_its_first_commit_leaves_a_gap(card, tmp_path):
    card.record(frames(1, 10))
    card.record([], closed=False)
    path_of(card, 1, 2).write_bytes(b"")
    gaps = card.cut_power()
    card.record([*[json_row("/daylog/gaps", 0, **gap) for gap in gaps], *frames(1, 5, boot=2)])
    rows = [*truth_rows(range(1, 11)), *truth_rows(range(11, 15), fate="lost:power_cut"), *truth_rows(range(1, 6), boot=2)]
    report = verify(card.root, truth=write_truth(tmp_path / "truth.jsonl", rows))
    assert (report.verdict, report.problems, [(g["boot"], g["cause"]) for g in report.gaps]) == ("lossy", [], [(1, "power_on")])


def test_a_card_that_was_full_says_so_itself_until_a_recording_does(card):
    def causes() -> list[tuple[int, str, int | None]]:
        return [(row["boot"], row["cause"], row["from_uptime_ms"]) for row in verify(card.root).gaps]

    card.record(frames(1, 10))
    card.store.note_full()
    assert causes() == [(1, "card_full", 1000)]
    card.record(frames(11, 20))
    assert causes() == [], "there was room again"
    card.store.note_full()
    card.cut_power()
    assert card.store.broke_off == [(1, "card_full")]
    card.record([gap("card_full", None, None, None, boot=1), *frames(1, 10, boot=2)])
    assert causes() == [(1, "card_full", None)]
