# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated ROM loader and stub: what they answer, and what they refuse."""

import struct
import zlib
from hashlib import md5
from pathlib import Path

import pytest

from sim.rom import slip
from sim.rom.chips import ROMS
from sim.rom.loader import Loader, Unplugged
from sim.rom.nor import NorFlash
from sim.rom.packets import checksum

SIZE = 1 << 20
SYNC = b"\x07\x07\x12\x20" + b"\x55" * 32
DATA = bytes(range(256)) * 16
OK, INVALID, CANNOT, CHECKSUM, INFLATE = b"\0\0", b"\x01\x05", b"\x01\x06", b"\x01\x07", b"\x01\x0b"


class Talk:
    """Somebody who sends packets to a loader."""

    def __init__(self, folder: Path, mcu: str = "esp32s3", packets_left: int | None = None) -> None:
        self.flash = NorFlash.at(folder / "flash.bin", SIZE)
        self.loader = Loader(ROMS[mcu], self.flash, packets_left)

    def send(self, command: int, body: bytes = b"", check: int = 0) -> list[bytes]:
        packet = struct.pack("<BBHI", 0, command, len(body), check) + body
        return list(slip.Deframer().feed(self.loader.feed(slip.frame(packet))))

    def status(self, command: int, *words: int) -> bytes:
        """The two bytes of the ROM that say how it went."""
        return self.send(command, struct.pack(f"<{len(words)}I", *words))[0][-4:-2]

    def block(self, command: int, number: int, data: bytes, wrong: int = 0) -> bytes:
        return self.send(command, struct.pack("<IIII", len(data), number, 0, 0) + data, checksum(data) ^ wrong)[0][-4:-2]

    def start_stub(self) -> list[bytes]:
        self.status(0x05, 4, 1, 4, 0x40378000)
        self.block(0x07, 0, b"code")
        return self.send(0x06, struct.pack("<II", 0, 0x40378000))


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def test_sync_is_answered_eight_times(talk: Talk):
    assert [packet[:2] for packet in talk.send(0x08, SYNC)] == [b"\x01\x08"] * 8


@pytest.mark.parametrize(("mcu", "answer"), [("esp32s3", (9, OK)), ("esp32", (None, INVALID))])
def test_only_the_newer_chip_says_which_it_is(tmp_path: Path, mcu: str, answer: tuple[int | None, bytes]):
    packet = Talk(tmp_path, mcu).send(0x14)[0]
    chip_id = struct.unpack_from("<I", packet, 8 + 12)[0] if len(packet) > 12 else None
    assert (chip_id, packet[-4:-2]) == answer


def test_what_is_wrong_is_refused(talk: Talk):
    refused = [
        talk.status(0x77),  # no such command
        talk.status(0x0A),  # a register without its address
        talk.status(0xD0),  # the stub's, and there is no stub
        talk.block(0x03, 0, DATA),  # nothing has begun
        talk.status(0x02, len(DATA), 4, 1024, SIZE, 0),  # outside of the flash
        talk.status(0x02, len(DATA), 1, 4096, 0, 0),
        talk.block(0x03, 0, DATA, wrong=1),
        talk.block(0x03, 1, DATA),  # the first is missing
    ]
    assert refused == [INVALID, INVALID, INVALID, CANNOT, CANNOT, OK, CHECKSUM, CANNOT]


def test_noise_is_ignored(talk: Talk):
    assert talk.loader.feed(b"noise" + slip.frame(b"short") + slip.frame(b"\x01" * 20)) == b""


def test_the_rom_erases_and_then_clears_bits(talk: Talk):
    talk.flash.program(0, b"\0" * 8192)
    steps = [talk.status(0x02, 4096, 1, 4096, 0, 0), talk.block(0x03, 0, DATA)]
    assert [*steps, talk.flash.read(0, 8192)] == [OK, OK, DATA + b"\0" * 4096]


def test_a_deflated_write(talk: Talk):
    packed = zlib.compress(DATA)
    steps = [talk.status(0x10, 4096, 1, 4096, 4096, 0), talk.block(0x11, 0, packed), talk.flash.read(4096, 4096) == DATA]
    spoilt = [talk.status(0x10, 4096, 1, 4096, 4096, 0), talk.block(0x11, 0, b"not deflated")]
    assert [*steps, *spoilt] == [OK, OK, True, OK, INFLATE]


def test_the_digest_is_hexadecimal_in_the_rom_and_raw_in_the_stub(talk: Talk):
    request = struct.pack("<IIII", 0, 4096, 0, 0)
    rom = talk.send(0x13, request)[0][8:-4]
    talk.start_stub()
    stub = talk.send(0x13, request)[0][8:-2]
    digest = md5(b"\xff" * 4096)
    assert [rom, stub] == [digest.hexdigest().encode(), digest.digest()]


def test_the_stub_says_hello_and_reads_in_a_stream(talk: Talk):
    talk.flash.program(0, DATA * 2)
    hello = talk.start_stub()[-1]
    first = talk.send(0xD2, struct.pack("<IIII", 0, 8192, 4096, 1))
    packets = [list(slip.Deframer().feed(talk.loader.feed(slip.frame(struct.pack("<I", n))))) for n in (4096, 8192)]
    assert [hello, first[1:], *packets] == [b"OHAI", [DATA], [DATA], [md5(DATA * 2).digest()]]


def test_the_stub_erases_only_what_it_writes(talk: Talk):
    talk.flash.program(0, b"\0" * 12288)
    talk.start_stub()
    talk.send(0x02, struct.pack("<IIIII", 8192, 2, 4096, 0, 0))
    talk.block(0x03, 0, DATA)
    assert talk.flash.read(0, 12288) == DATA + b"\0" * 8192


@pytest.mark.parametrize(("stay", "runs"), [(1, True), (0, False)])
def test_the_end_of_a_write_leads_to_the_application(talk: Talk, stay: int, runs: bool):
    talk.status(0x02, 0, 0, 1024, 0, 0)
    talk.status(0x04, stay)
    assert talk.loader.runs is runs


def test_the_cable_is_pulled_at_a_packet(tmp_path: Path):
    talk = Talk(tmp_path, packets_left=1)
    talk.send(0x08, SYNC)
    with pytest.raises(Unplugged):
        talk.send(0x08, SYNC)
