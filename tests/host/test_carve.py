# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cards without a file system: every whole chunk is found and joined to what it belongs to, and nothing else is."""

import json
import struct
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from fat_images import image_of_folder
from recordings import Segment, frames, jpeg, write_all
from test_recover import files_in, pictures_in

from host_tools import cli
from host_tools.carve import open_carved
from host_tools.errors import DaylogError
from host_tools.recover import Recovered, recover_carved
from host_tools.verify import verify

SECTOR, CLUSTER = 512, 4096
SHORT, LONG, OPEN = Segment(frames(1, 10)), Segment(frames(11, 60), number=2), Segment(frames(61, 75), number=3, closed=False)


def carve(image: Path, out: Path) -> Recovered:
    with open_carved(image) as carved:
        return recover_carved(carved.sources, out)


def numbers_in(root: Path) -> list[int]:
    return [sequence for sequence, _ in pictures_in(root)]


def disk_of(path: Path, *places: tuple[int, bytes], size: int = 1 << 20) -> Path:
    """Bytes here and there on a disk of junk."""
    data = bytearray(Random(1).randbytes(size))
    for at, piece in places:
        data[at : at + len(piece)] = piece
    path.write_bytes(data)
    return path


def spoil(image: Path, start: int, end: int, seed: int = 0) -> None:
    """Zeros, or junk with a seed."""
    with image.open("r+b") as file:
        file.seek(start)
        file.write(Random(seed).randbytes(end - start) if seed else bytes(end - start))


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    write_all(folder / "files", [SHORT, LONG, OPEN])
    image_of_folder(folder / "card.img", folder / "files")
    return folder


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("what", ["boot sector", "both FATs", "all before the data"])
def test_without_a_file_system_closed_segments_are_as_they_were(card: Path, tmp_path: Path, what: str, seed: int):
    image = tmp_path / "card.img"
    image.write_bytes((card / "card.img").read_bytes())
    reserved, fat_sectors = struct.unpack_from("<H20xI", image.read_bytes(), 14)
    data = (reserved + 2 * fat_sectors) * SECTOR
    spoil(image, *{"boot sector": (0, 7 * SECTOR), "both FATs": (reserved * SECTOR, data), "all before the data": (0, data)}[what], seed)
    result = carve(image, tmp_path / "out")
    before, after = files_in(card / "files"), files_in(tmp_path / "out")
    same = [path for path in before if after.get(path) == before[path]]
    assert (result.frames, result.copied, result.repaired, len(same)) == (75, 2, 1, 2)
    assert pictures_in(tmp_path / "out") == [(n, jpeg(1000 + n)) for n in range(1, 76)]


@pytest.mark.parametrize("split", [CLUSTER, 2 * CLUSTER, 3 * CLUSTER])
@pytest.mark.parametrize("clusters_between", [1, 3])
def test_a_file_that_makes_a_jump_is_joined(tmp_path: Path, split: int, clusters_between: int):
    data, start = LONG.encode(), 10 * CLUSTER
    places = (start, data[:split]), (start + split + clusters_between * CLUSTER, data[split:])
    carve(disk_of(tmp_path / "disk", *places), tmp_path / "out")
    assert list(files_in(tmp_path / "out").values()) == [data]


def test_chunks_may_lie_in_any_order(tmp_path: Path):
    data = LONG.encode()
    starts = [index.chunk_start_offset - 65 for index in LONG.chunk_indexes] + [len(data)]
    pieces = [data[: starts[0]]] + [data[a:b] for a, b in pairwise(starts)]
    places = [(1 << 16) * (1 + n) for n in range(len(pieces))]
    Random(2).shuffle(places)
    disk = disk_of(tmp_path / "disk", *zip(places, pieces, strict=True), size=1 << 21)
    carve(disk, tmp_path / "out")
    assert numbers_in(tmp_path / "out") == list(range(11, 61))


def test_a_spoilt_chunk_is_left_out_and_told(tmp_path: Path):
    data = bytearray(LONG.encode())
    at = LONG.chunk_indexes[4].chunk_start_offset
    data[at + 200 : at + 210] = b"0123456789"
    result = carve(disk_of(tmp_path / "disk", (CLUSTER, bytes(data))), tmp_path / "out")
    report = verify(tmp_path / "out")
    assert numbers_in(tmp_path / "out") == [*range(11, 31), *range(36, 61)]
    assert result.problems == ["segment 1/2 of daylog-test: 1 of 10 chunks are gone or not whole"]
    assert ([gap["cause"] for gap in report.gaps], report.problems, result.exit_code) == (["damaged"], [], 3)


def test_without_its_beginning_a_segment_has_its_frames(tmp_path: Path):
    data = LONG.encode()
    spoilt = bytes(SECTOR) + data[SECTOR:]
    result = carve(disk_of(tmp_path / "disk", (CLUSTER, spoilt)), tmp_path / "out")
    assert numbers_in(tmp_path / "out") == list(range(11, 61))
    assert result.problems == ["segment 1/2 of daylog-test: its beginning is gone, and with it what it says of its time"]


def test_segments_are_never_mixed_up(tmp_path: Path):
    """The same numbers from another recorder and another boot, and an older copy of a chunk."""
    others = [Segment(frames(1, 5), number=2, device="other"), Segment(frames(1, 5, boot=2), boot=2, number=2)]
    data = LONG.encode()
    again = data[LONG.chunk_indexes[0].chunk_start_offset - 65 : LONG.chunk_indexes[1].chunk_start_offset - 65]
    places = [((1 << 17) * (n + 1), segment) for n, segment in enumerate([data, again, *(other.encode() for other in others)])]
    carve(disk_of(tmp_path / "disk", *places), tmp_path / "out")
    counts = {path: len(content) for path, content in files_in(tmp_path / "out").items()}
    expected = {"daylog-test/daylog/000001/000/000002.mcap": len(data)}
    expected |= {"other/daylog/000001/000/000002.mcap": len(others[0].encode())}
    expected |= {"daylog-test/daylog/000002/000/000002.mcap": len(others[1].encode())}
    assert counts == expected


def test_a_truncated_image_gives_what_is_left(card: Path, tmp_path: Path):
    data = (card / "card.img").read_bytes()
    place = data.find(jpeg(1040))
    (tmp_path / "card.img").write_bytes(data[:place])
    result = carve(tmp_path / "card.img", tmp_path / "out")
    found = numbers_in(tmp_path / "out")
    assert (found, result.exit_code) == ([*range(1, 36)], 3)


@pytest.mark.parametrize("content", [b"", b"\x81" * 4096, bytes(1 << 20)])
def test_a_disk_without_footage_is_an_error_and_leaves_nothing(tmp_path: Path, content: bytes):
    (tmp_path / "disk").write_bytes(content)
    with pytest.raises(DaylogError, match="holds no frame"):
        carve(tmp_path / "disk", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command(card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    image = tmp_path / "card.img"
    image.write_bytes(bytes(7 * SECTOR) + (card / "card.img").read_bytes()[7 * SECTOR :])
    assert cli.main(["recover", "--carve", str(image), "-o", str(tmp_path / "out"), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["copied"], told["repaired"], told["problems"]) == (75, 2, 1, [])


def test_a_folder_cannot_be_carved(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["recover", "--carve", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "name its image or its device" in capsys.readouterr().err
