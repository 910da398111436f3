# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""UF2, whatever is to be flashed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.flashing.uf2 import BLOCK_BYTES, PAYLOAD_BYTES, Block, NotUf2, join, parse, split

FAMILIES = st.sampled_from([0xE48BFF56, 0xE48BFF57, 0xE48BFF59])
BLOCKS = st.lists(
    st.builds(
        lambda family, address, data: Block(family, address, len(data), data), FAMILIES, st.integers(0, 1 << 31), st.binary(max_size=476)
    ),
    min_size=1,
)


@given(BLOCKS)
def test_what_is_joined_is_parsed(blocks: list[Block]):
    parsed = parse(join(blocks))
    assert [(b.family, b.address, b.payload) for b in parsed] == [(b.family, b.address, b.payload) for b in blocks]
    assert join(parsed) == join(blocks)


@given(BLOCKS)
def test_each_family_is_counted_by_itself(blocks: list[Block]):
    data = join(blocks)
    numbers = [
        tuple(int.from_bytes(data[at + field : at + field + 4], "little") for field in (28, 20, 24))
        for at in range(0, len(data), BLOCK_BYTES)
    ]
    for family in {block.family for block in blocks}:
        mine = [row[1:] for row in numbers if row[0] == family]
        assert mine == [(number, len(mine)) for number in range(len(mine))]


@given(st.dictionaries(st.integers(0, 255).map(lambda n: n * 65536), st.binary(min_size=1, max_size=3000)))
def test_what_is_split_covers_every_byte(parts: dict[int, bytes]):
    flash = {block.address + at: byte for block in split(parts, 1) for at, byte in enumerate(block.payload)}
    wanted = {address + at: byte for address, data in parts.items() for at, byte in enumerate(data)}
    assert {at: flash[at] for at in wanted} == wanted
    assert all(flash[at] == 0xFF for at in flash.keys() - wanted.keys())
    assert all(block.size == PAYLOAD_BYTES for block in split(parts, 1))


@given(st.binary(max_size=2000))
def test_noise_is_no_uf2(noise: bytes):
    with pytest.raises(NotUf2):
        parse(noise)
