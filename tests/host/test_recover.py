# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Rescued segments: intact ones untouched, unclosed ones closed, damaged ones rebuilt, and every loss told."""

import json
from pathlib import Path

import pytest
from fat_images import image_of_folder
from recordings import Segment, frames, jpeg, write_all

from host_tools import cli
from host_tools.errors import DaylogError
from host_tools.footage import load
from host_tools.recover import Recovered, recover
from host_tools.sources import open_source
from host_tools.verify import verify


def files_in(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.mcap")}


def pictures_in(root: Path) -> list[tuple[int, bytes]]:
    with open_source(root) as source:
        return [(picture.sequence, picture.data) for picture in load(source).pictures()]


def expected_pictures(*numbers: range) -> list[tuple[int, bytes]]:
    return [(n, jpeg(1000 + n)) for some in numbers for n in some]


def test_an_intact_card_is_copied_as_it_is(tmp_path):
    card = write_all(tmp_path / "card", [Segment(frames(1, 10)), Segment(frames(11, 20), number=2), Segment(frames(1, 5, boot=2), boot=2)])
    result = recover(image_of_folder(tmp_path / "card.img", card), tmp_path / "out")
    size = sum(map(len, files_in(card).values()))
    assert result == Recovered(str(tmp_path / "out"), copied=3, frames=25, recovered_bytes=size)
    assert (result.exit_code, files_in(tmp_path / "out")) == (0, files_in(card))


def test_an_unclosed_segment_is_closed_with_a_gap(tmp_path):
    card = write_all(tmp_path / "card", [Segment(frames(1, 10)), Segment(frames(11, 30), number=2, closed=False)])
    torn = card / "daylog/000001/000/000002.mcap"
    torn.write_bytes(torn.read_bytes()[:-700])
    result = recover(card, tmp_path / "out")
    assert (result.copied, result.repaired, result.frames, result.exit_code) == (1, 1, 25, 3)
    assert result.discarded_bytes > 0
    report = verify(tmp_path / "out")
    assert (report.verdict, [(g["cause"], g["from_uptime_ms"]) for g in report.gaps]) == ("lossy", [("not_closed", 2500)])
    assert pictures_in(tmp_path / "out") == expected_pictures(range(1, 26))


@pytest.mark.parametrize("closed", [True, False])
def test_damage_costs_one_chunk_and_is_told(tmp_path, closed):
    segment = Segment(frames(1, 20), utc_offset_ms=1_790_000_000_000, closed=closed)
    path = segment.write(tmp_path / "card")
    data = bytearray(path.read_bytes())
    start = segment.chunk_indexes[1].chunk_start_offset + 600
    data[start : start + 512] = b"\xff" * 512
    path.write_bytes(data)
    result = recover(tmp_path / "card", tmp_path / "out")
    assert (result.rebuilt, result.frames, result.exit_code, verify(tmp_path / "card").verdict) == (1, 15, 3, "damaged")
    report = verify(tmp_path / "out")
    told = [(g["cause"], g["frames"], g["from_uptime_ms"], g["to_uptime_ms"]) for g in report.gaps]
    assert (report.verdict, told) == ("lossy", [("damaged", 5, 500, 1100)])
    assert pictures_in(tmp_path / "out") == expected_pictures(range(1, 6), range(11, 21))


def test_damage_at_the_end_of_a_boot_is_told(tmp_path):
    segment = Segment(frames(1, 20))
    path = segment.write(tmp_path / "card")
    data = bytearray(path.read_bytes())
    data[segment.chunk_indexes[-1].chunk_start_offset + 100] ^= 1
    path.write_bytes(data)
    recover(tmp_path / "card", tmp_path / "out")
    report = verify(tmp_path / "out")
    assert (report.verdict, report.frames, [(g["cause"], g["from_uptime_ms"]) for g in report.gaps]) == ("lossy", 15, [("damaged", 1500)])


def test_what_holds_nothing_is_discarded(tmp_path):
    card = write_all(tmp_path / "card", [Segment(frames(1, 10))])
    (card / "daylog/000001/000/000002.mcap").write_bytes(b"")
    result = recover(card, tmp_path / "out")
    assert (result.copied, result.discarded, result.exit_code, len(files_in(tmp_path / "out"))) == (1, 1, 3, 1)


def test_a_folder_that_is_in_use_is_refused(tmp_path):
    card = write_all(tmp_path / "card", [Segment(frames(1, 3))])
    with pytest.raises(DaylogError, match="not an empty folder"):
        recover(card, card)


def test_an_interrupted_recovery_leaves_nothing(tmp_path):
    def interrupted(files):
        yield files[0]
        raise KeyboardInterrupt

    card = write_all(tmp_path / "card", [Segment(frames(1, 3))])
    with pytest.raises(KeyboardInterrupt):
        recover(card, tmp_path / "out", watch=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


def test_two_recorders_get_a_folder_each(tmp_path):
    for device in ("a", "b"):
        Segment(frames(1, 3), device=device).write(tmp_path / "cards" / device)
    recover(tmp_path / "cards", tmp_path / "out")
    assert sorted(files_in(tmp_path / "out")) == [f"{device}/daylog/000001/000/000001.mcap" for device in ("a", "b")]


def test_the_command(tmp_path, capsys):
    card = write_all(tmp_path / "card", [Segment(frames(1, 5), closed=False)])
    assert cli.main(["recover", str(card), "-o", str(tmp_path / "one"), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["repaired"], told["out"]) == (5, 1, str(tmp_path / "one"))
    assert cli.main(["recover", str(card), "-o", str(tmp_path / "two")]) == 3
    assert capsys.readouterr().out.splitlines()[1] == "  segments: 0 copied, 1 repaired, 0 rebuilt, 0 discarded"


@pytest.mark.parametrize("content", [None, b"", b"\x5a" * 4096])
def test_the_command_on_bad_input(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "a.mcap").write_bytes(content)
    assert cli.main(["recover", str(tmp_path / "a.mcap"), "-o", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("daylog: ")
    assert not (tmp_path / "out").exists()
