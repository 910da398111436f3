# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""SLIP and NOR flash, whatever the bytes."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rom.nor import SECTOR, NorFlash
from sim.rom.slip import Deframer, frame

SIZE = 4 * SECTOR


@given(st.lists(st.binary(min_size=1)), st.lists(st.integers(1, 7)))
def test_packets_survive_any_cutting(packets: list[bytes], cuts: list[int]):
    wire, deframer, heard = b"noise before" + b"".join(map(frame, packets)), Deframer(), []
    for cut in cuts:
        heard += deframer.feed(wire[:cut])
        wire = wire[cut:]
    assert heard + list(deframer.feed(wire)) == packets


@given(st.binary())
def test_noise_yields_no_frame_that_noise_does_not_spell(noise: bytes):
    for packet in Deframer().feed(noise):
        assert Deframer().feed(frame(packet)).__next__() == packet


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("erase"), st.integers(0, SIZE - 1), st.just(b"")),
            st.tuples(st.just("program"), st.integers(0, SIZE - 64), st.binary(min_size=1, max_size=64)),
        )
    )
)
def test_programming_clears_bits_and_erasing_sets_sectors(steps: list[tuple[str, int, bytes]]):
    """As a list of bytes behaves that does the same one by one."""
    with tempfile.TemporaryDirectory() as folder:
        flash, model = NorFlash.at(Path(folder) / "flash.bin", SIZE), bytearray(b"\xff" * SIZE)
        for what, at, data in steps:
            if what == "erase":
                flash.erase(at, 1)
                start = at // SECTOR * SECTOR
                model[start : start + SECTOR] = b"\xff" * SECTOR
            else:
                flash.program(at, data)
                for index, byte in enumerate(data):
                    model[at + index] &= byte
        assert flash.read(0, SIZE) == model
