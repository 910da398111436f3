# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated SD card under a real FAT: time, cuts, faults."""

from pathlib import Path

from tiny_board import CARD, TinyBoard, play

from sim.card_image import make, undo


def test_a_card_is_formatted_written_and_read_at_the_next_boot(tmp_path: Path):
    write = CARD + "vfs.VfsFat.mkfs(sd)\nvfs.mount(sd, '/sd')\nf = open('/sd/a', 'wb')\nf.write(b'x' * 100000)\nf.close()\nprint('written')"
    assert TinyBoard(tmp_path, write).boot().printed == ["written"]
    read = CARD + "vfs.mount(sd, '/sd')\nprint(len(open('/sd/a', 'rb').read()))"
    kept = (tmp_path / "card.img").read_bytes()
    board = TinyBoard(tmp_path, read)
    (tmp_path / "card.img").write_bytes(kept)
    assert board.boot().printed == ["100000"]


def test_a_write_takes_its_time_and_a_large_one_longer(tmp_path: Path):
    ended = play(
        tmp_path,
        CARD
        + """
import time
def took(size):
    start = time.ticks_us()
    sd.writeblocks(100, bytearray(size))
    return time.ticks_diff(time.ticks_us(), start)
print(took(8192), took(16384))
""",
    )
    assert ended.printed == ["8692 82420"]


def test_a_cut_takes_back_what_was_not_synced(tmp_path: Path):
    main = """
sd.writeblocks(0, b"a" * 512)
sd.ioctl(3, 0)
sd.writeblocks(0, b"b" * 512)
sd.writeblocks(1, b"c" * 512)
import time
time.sleep(10)
"""
    ended = TinyBoard(tmp_path, CARD + main).boot(cut_at_us=5_000_000)
    image = tmp_path / "card.img"
    assert image.read_bytes()[:1024] == b"b" * 512 + b"c" * 512
    assert undo(image, tmp_path / "undo.log") == 2
    assert image.read_bytes()[:1024] == b"a" * 512 + bytes(512)
    assert [row["bytes"] for row in ended.trace if row["what"] == "card_sync"] == [512]


def test_faults_of_the_card(tmp_path: Path):
    main = """
import time
def look():
    print(sd.writeblocks(0, bytearray(512)), sd.readblocks(0, bytearray(512)))
for _ in range(4):
    look()
    time.sleep(1)
sd = machine.SDCard(slot=1, width=1, sck=7, cmd=9, data=[8])
look()
"""
    board = TinyBoard(tmp_path, CARD + main)
    times = [("write-error", 900_000, 1_900_000), ("gone", 1_900_000, 2_900_000)]
    faults = [{"kind": kind, "from_us": from_us, "to_us": to_us} for kind, from_us, to_us in times]
    card = {"image": str(tmp_path / "card.img"), "undo": str(tmp_path / "undo.log"), "sectors": 1000, "faults": faults}
    assert board.boot(card=card).printed == ["0 0", "-5 0", "False False", "False False", "0 0"]


def test_no_card(tmp_path: Path):
    ended = play(tmp_path, CARD + "try:\n    vfs.mount(sd, '/sd')\nexcept OSError as error:\n    print(error.errno)", card=None)
    assert ended.printed == ["16"]  # what FatFs makes of a drive that is not ready


def test_a_card_of_8_gb_becomes_fat32_and_stays_small_on_the_host(tmp_path: Path):
    image = tmp_path / "card.img"
    make(image, 8192)
    with image.open("rb") as file:
        first = file.read(512)
        file.seek(int.from_bytes(first[454:458], "little") * 512)  # the first partition
        assert file.read(512)[82:90] == b"FAT32   "
    assert image.stat().st_size == 8_192_000_000
    assert image.stat().st_blocks * 512 < 1_000_000
