# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The FAT reader against images that the real MicroPython made, whole and damaged."""

import random
import struct
import tempfile
from pathlib import Path

import pytest
from fat_images import make_image
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.fat import FatError, FatVolume

MIB = 1 << 20
SIZES = {"FAT12": 1 * MIB, "FAT16": 16 * MIB, "FAT32": 36 * MIB}
FILES = {
    "daylog/000001/000/000001.mcap": random.Random(1).randbytes(200_001),
    "daylog/000001/000/000002.mcap": b"",
    "daylog/000012/000/a rather long name, with a comma.mcap": b"long",
    "UPPER.TXT": b"short name",
    "lower.txt": b"short name in lower case",
}


@pytest.fixture(scope="module", params=SIZES)
def card(request, tmp_path_factory) -> Path:
    image = tmp_path_factory.mktemp("fat") / "card.img"
    return make_image(image, SIZES[request.param], FILES, fat32=request.param == "FAT32")


def contents(image: Path) -> dict[str, bytes]:
    with FatVolume(image) as volume:
        return {path.lstrip("/"): volume.open(path).read() for path, _ in volume.walk()}


def test_all_files_read_back(card):
    assert contents(card) == FILES


def test_names_are_found_without_case(card):
    with FatVolume(card) as volume:
        assert volume.open("/Daylog/000001/000/000001.MCAP").read() == FILES["daylog/000001/000/000001.mcap"]


def test_a_file_can_be_read_in_any_order(card):
    whole = FILES["daylog/000001/000/000001.mcap"]
    with FatVolume(card) as volume, volume.open("daylog/000001/000/000001.mcap") as file:
        assert file.seek(-10, 2) == len(whole) - 10
        assert (file.read(20), file.seek(70_000), file.read(3)) == (whole[-10:], 70_000, whole[70_000:70_003])
        assert (file.seek(len(whole) + 5), file.read()) == (len(whole) + 5, b"")


@pytest.mark.parametrize("path", ["nothing", "daylog/nothing/here", "UPPER.TXT/below"])
def test_what_is_not_there_is_named(card, path):
    with FatVolume(card) as volume, pytest.raises(FatError, match=path):
        volume.stat(path)


def test_folders_and_files_are_told_apart(card):
    with FatVolume(card) as volume:
        with pytest.raises(FatError, match="is a folder"):
            volume.open("daylog")
        with pytest.raises(FatError, match="is a file"):
            volume.listdir("UPPER.TXT")


def test_a_deleted_file_is_gone(tmp_path):
    card = make_image(tmp_path / "card.img", MIB, {"a.mcap": b"a", "b.mcap": b"b"}, remove=("a.mcap",))
    assert contents(card) == {"b.mcap": b"b"}


def damaged(card: Path, target: Path, offset: int, data: bytes) -> Path:
    target.write_bytes(card.read_bytes())
    with target.open("r+b") as image:
        image.seek(offset)
        image.write(data)
    return target


def two_fats(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    files = {f"{n}.mcap": random.Random(n).randbytes(20_000) for n in range(6)}
    return make_image(tmp_path / "card.img", SIZES["FAT32"], files, fat32=True), files


@pytest.mark.parametrize("garbage", [b"\xff", b"\x00"])
def test_the_second_fat_repairs_the_first(tmp_path, garbage):
    card, files = two_fats(tmp_path)
    with FatVolume(card) as volume:
        first_fat = volume.geometry.fat_offsets[0]
    broken = damaged(card, tmp_path / "broken.img", first_fat, garbage * 1024)
    assert contents(broken) == files
    with FatVolume(broken) as volume:
        volume.open("3.mcap")
        assert volume.problems[-1] == "3.mcap: the first FAT is damaged, copy 2 was used"


def test_a_chain_broken_in_every_copy_reads_short_and_says_so(tmp_path):
    card, files = two_fats(tmp_path)
    with FatVolume(card) as volume:
        entry, geometry = volume.stat("3.mcap"), volume.geometry
    for offset in geometry.fat_offsets:
        damaged(card, card, offset + 4 * entry.cluster, bytes(4))
    with FatVolume(card) as volume:
        assert volume.open("3.mcap").read() == files["3.mcap"][: geometry.cluster_bytes]
        assert volume.problems == ["3.mcap: its cluster chain breaks off in every copy of the FAT"]


def test_an_unreadable_directory_sector_is_noted(card, tmp_path):
    with FatVolume(card) as volume:
        folder, geometry = volume.stat("daylog/000001/000"), volume.geometry
    broken = damaged(card, tmp_path / "broken.img", geometry.cluster_offset(folder.cluster), b"\xff" * 512)
    with FatVolume(broken) as volume:
        assert volume.listdir("daylog/000001/000") == []
        assert volume.problems == ["daylog/000001/000: 16 directory entries are unreadable"]


def test_a_folder_that_points_at_its_parent_ends(tmp_path):
    card = make_image(tmp_path / "card.img", MIB, {"a/b/c.mcap": b"c"})
    with FatVolume(card) as volume:
        parent, folder = volume.stat("a"), volume.stat("a/b")
        slot = volume.geometry.cluster_offset(parent.cluster) + 64
    assert card.read_bytes()[slot + 26 : slot + 28] == struct.pack("<H", folder.cluster)
    damaged(card, card, slot + 26, struct.pack("<H", parent.cluster))
    assert contents(card) == {}


def test_the_backup_boot_sector_serves(tmp_path):
    card = make_image(tmp_path / "card.img", SIZES["FAT32"], {"a.mcap": b"a"}, fat32=True)
    with card.open("r+b") as image:
        image.write(b"\xff" * 512)
    assert contents(card) == {"a.mcap": b"a"}


def test_a_card_with_a_partition_table(tmp_path):
    card = make_image(tmp_path / "card.img", SIZES["FAT16"], {"a.mcap": b"a" * 70_000})
    table = bytearray(2048 * 512)
    table[446:462] = struct.pack("<B3xB3xII", 0, 0x0E, 2048, SIZES["FAT16"] // 512)
    table[510:512] = b"\x55\xaa"
    card.write_bytes(table + card.read_bytes())
    assert contents(card) == {"a.mcap": b"a" * 70_000}


@pytest.mark.parametrize("data", [b"", b"short", bytes(4096), random.Random(7).randbytes(8192), b"\xff" * 4096], ids=len)
def test_what_is_no_card_is_refused(tmp_path, data):
    (tmp_path / "card.img").write_bytes(data)
    with pytest.raises(FatError, match="is not a FAT card image"):
        FatVolume(tmp_path / "card.img")


def test_an_image_cut_short_gives_what_it_has(card, tmp_path):
    with FatVolume(card) as volume:
        first = volume.stat("daylog/000001/000/000001.mcap")
        end = volume.geometry.cluster_offset(first.cluster) + 1000
    with card.open("rb") as whole:
        (tmp_path / "half.img").write_bytes(whole.read(end))
    with FatVolume(tmp_path / "half.img") as volume:
        assert volume.problems[0].startswith("the image is cut short")
        assert volume.open("daylog/000001/000/000001.mcap").read() == FILES["daylog/000001/000/000001.mcap"][:1000]


# MicroPython's FatFs takes names as code page 437, so only ASCII means the same everywhere; a recorder uses nothing else.
names = st.from_regex(r"[A-Za-z0-9_+,;=()' -]{0,40}[A-Za-z0-9]", fullmatch=True).map(str.lstrip)


@given(st.dictionaries(names, st.binary(max_size=3000), max_size=12), st.sampled_from(["FAT12", "FAT16"]))
@settings(max_examples=25, deadline=None)
def test_round_trip(files, kind):
    unique = {n.casefold(): (n, data) for n, data in files.items()}
    expected = dict(unique.values())
    with tempfile.TemporaryDirectory() as folder:
        assert contents(make_image(Path(folder) / "card.img", SIZES[kind], expected)) == expected


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_damage_never_raises_anything_but_a_fat_error(damage_seed, sectors):
    rng = random.Random(damage_seed)
    image = bytearray(_small_image())
    for _ in range(sectors):
        start = 512 * rng.randrange(len(image) // 512 if rng.random() < 0.5 else 120)
        image[start : start + 512] = rng.choice([rng.randbytes(512), bytes(512), b"\xff" * 512])
    with tempfile.NamedTemporaryFile() as file:
        file.write(image)
        file.flush()
        try:
            contents(Path(file.name))
        except FatError:
            pass


_images: list[bytes] = []


def _small_image() -> bytes:
    if not _images:
        with tempfile.TemporaryDirectory() as folder:
            _images.append(make_image(Path(folder) / "card.img", MIB, FILES).read_bytes())
    return _images[0]
